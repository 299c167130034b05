// node build.mjs: compiles Contracts.sol beside this file, with no network, and prints ABI and bytecode of each contract.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

// Packages are searched in the working directory.
const require = createRequire(join(process.cwd(), "here.js"));
const solc = require("solc");
const FILE = "Contracts.sol";

const input = {
  language: "Solidity",
  sources: { [FILE]: { content: readFileSync(new URL(FILE, import.meta.url), "utf8") } },
  settings: {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 200 },
    outputSelection: { [FILE]: { "*": ["abi", "evm.bytecode.object"] } },
  },
};
const load = (path) => ({ contents: readFileSync(require.resolve(path), "utf8") });
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: load }));
const errors = (output.errors ?? []).filter((error) => error.severity === "error");
for (const error of errors) throw new Error(error.formattedMessage);
const contracts = {};
for (const [name, { abi, evm }] of Object.entries(output.contracts[FILE])) {
  contracts[name] = { abi, bytecode: `0x${evm.bytecode.object}` };
}
process.stdout.write(JSON.stringify(contracts));
