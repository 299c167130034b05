"""The templates of a frontend: Next.js with Tailwind CSS."""

from typing import Any, Final

PACKAGE: Final[dict[str, Any]] = {
    "private": True,
    "scripts": {"dev": "next dev", "build": "next build", "start": "next start"},
    "dependencies": {"next": "^15.0.0", "react": "^19.0.0", "react-dom": "^19.0.0"},
    "devDependencies": {
        "@types/node": "^22.0.0",
        "@types/react": "^19.0.0",
        "autoprefixer": "^10.4.0",
        "postcss": "^8.4.0",
        "tailwindcss": "^3.4.0",
        "typescript": "^5.6.0",
    },
}

TSCONFIG: Final[dict[str, Any]] = {
    "compilerOptions": {
        "target": "ES2022",
        "lib": ["dom", "dom.iterable", "esnext"],
        "strict": True,
        "noEmit": True,
        "module": "esnext",
        "moduleResolution": "bundler",
        "isolatedModules": True,
        "esModuleInterop": True,
        "resolveJsonModule": True,
        "skipLibCheck": True,
        "incremental": True,
        "jsx": "preserve",
        "plugins": [{"name": "next"}],
        "paths": {"@/*": ["./src/*"]},
    },
    "include": ["next-env.d.ts", "**/*.ts", "**/*.tsx", ".next/types/**/*.ts"],
    "exclude": ["node_modules"],
}

TAILWIND: Final = """\
import type { Config } from "tailwindcss";

const config: Config = {
  content: ["./src/**/*.{ts,tsx}"],
  theme: { extend: {} },
  plugins: [],
};

export default config;
"""

POSTCSS: Final = """\
export default { plugins: { tailwindcss: {}, autoprefixer: {} } };
"""

GLOBALS: Final = """\
@tailwind base;
@tailwind components;
@tailwind utilities;

body {
  font-family: system-ui, sans-serif;
}
"""

LAYOUT: Final = """\
import type { Metadata } from "next";
import type { ReactNode } from "react";
import "./globals.css";

export const metadata: Metadata = { title: __TITLE__ };

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body className="mx-auto max-w-4xl p-6">{children}</body>
    </html>
  );
}
"""

API_CLIENT: Final = """\
const API_URL = process.env.NEXT_PUBLIC_API_URL ?? "http://localhost:8000";

export interface Item {
  id: number;
  name: string;
}

export async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(`${API_URL}${path}`, {
    ...init,
    cache: "no-store",
    headers: { "Content-Type": "application/json" },
  });
  if (!response.ok) {
    throw new Error(`${path}: ${response.status} ${response.statusText}`);
  }
  return (await response.json()) as T;
}
"""

BUTTON: Final = """\
import type { ButtonHTMLAttributes } from "react";

export function Button(props: ButtonHTMLAttributes<HTMLButtonElement>) {
  return <button className="rounded bg-blue-700 px-4 py-2 text-white" {...props} />;
}
"""

INPUT: Final = """\
import type { InputHTMLAttributes } from "react";

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
}

export function Input({ label, ...props }: Props) {
  return (
    <label className="block">
      {label}
      <input className="mt-1 block w-full rounded border p-2" {...props} />
    </label>
  );
}
"""

TABLE: Final = """\
import type { ReactNode } from "react";

interface Props {
  header: string[];
  rows: ReactNode[][];
}

export function Table({ header, rows }: Props) {
  return (
    <table className="w-full text-left">
      <thead>
        <tr>
          {header.map((name) => (
            <th key={name}>{name}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            {row.map((cell, column) => (
              <td key={column}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
"""

PAGE: Final = """\
export default function Page() {
  return (
    <main>
      <h1 className="text-2xl font-bold">{__TITLE__}</h1>
    </main>
  );
}
"""

SIGN_IN_PAGE: Final = """\
import { Button } from "@/components/ui/Button";
import { Input } from "@/components/ui/Input";

export default function Page() {
  return (
    <main>
      <h1 className="text-2xl font-bold">{__TITLE__}</h1>
      <form className="mt-4 space-y-4" method="post">
        <Input label="Email" name="email" type="email" required />
        <Input label="Password" name="password" type="password" required />
        <Button type="submit">{__TITLE__}</Button>
      </form>
    </main>
  );
}
"""

LIST_PAGE: Final = """\
import Link from "next/link";
import { Table } from "@/components/ui/Table";
import { type Item, request } from "@/lib/api";

export default async function Page() {
  const items = await request<Item[]>("/__SLUG__");
  const rows = items.map((item) => [
    item.id,
    <Link key={item.id} href={`/__SLUG__/${item.id}`}>
      {item.name}
    </Link>,
  ]);
  return (
    <main>
      <h1 className="text-2xl font-bold">{__TITLE__}</h1>
      <Table header={["Number", "Name"]} rows={rows} />
      <Link href="/__SLUG__/new">New</Link>
    </main>
  );
}
"""

NEW_PAGE: Final = """\
import { redirect } from "next/navigation";
import { Button } from "@/components/ui/Button";
import { Input } from "@/components/ui/Input";
import { type Item, request } from "@/lib/api";

async function create(form: FormData) {
  "use server";
  const body = JSON.stringify({ name: form.get("name") });
  const item = await request<Item>("/__SLUG__", { method: "POST", body });
  redirect(`/__SLUG__/${item.id}`);
}

export default function Page() {
  return (
    <main>
      <h1 className="text-2xl font-bold">{__TITLE__}</h1>
      <form className="mt-4 space-y-4" action={create}>
        <Input label="Name" name="name" required />
        <Button type="submit">Create</Button>
      </form>
    </main>
  );
}
"""

DETAIL_PAGE: Final = """\
import { type Item, request } from "@/lib/api";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const item = await request<Item>(`/__SLUG__/${encodeURIComponent(id)}`);
  return (
    <main>
      <h1 className="text-2xl font-bold">{__TITLE__}</h1>
      <p>{item.name}</p>
    </main>
  );
}
"""
