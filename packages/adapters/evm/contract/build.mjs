// node build.mjs SEASON.json WALLET.json: compiles the contracts beside this file, with no network.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

// Packages are looked for in the working directory: it may be a folder of its own, made by npm.
const require = createRequire(join(process.cwd(), "here.js"));
const solc = require("solc");
const openzeppelin = require("@openzeppelin/contracts/package.json");
const EVM_VERSION = "cancun"; // the oldest that OpenZeppelin 5.7 compiles for, and all networks know it

function compiled(name) {
  const file = `${name}.sol`;
  const source = readFileSync(new URL(file, import.meta.url), "utf8");
  const input = {
    language: "Solidity",
    sources: { [file]: { content: source } },
    settings: {
      evmVersion: EVM_VERSION,
      optimizer: { enabled: true, runs: 200 },
      outputSelection: { [file]: { [name]: ["abi", "evm.bytecode.object"] } },
    },
  };
  const load = (path) => ({ contents: readFileSync(require.resolve(path), "utf8") });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: load }));
  for (const each of output.errors ?? []) throw new Error(each.formattedMessage); // of warnings there are none either
  const { abi, evm } = output.contracts[file][name];
  return {
    source_sha256: createHash("sha256").update(source).digest("hex"),
    compiler: `solc ${solc.version()} for ${EVM_VERSION}, OpenZeppelin ${openzeppelin.version}`,
    abi,
    bytecode: `0x${evm.bytecode.object}`,
  };
}

const [season, wallet] = process.argv.slice(2);
writeFileSync(season, `${JSON.stringify(compiled("Season"), null, 1)}\n`);
writeFileSync(wallet, `${JSON.stringify(compiled("Wallet"), null, 1)}\n`);
