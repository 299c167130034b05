// node build.mjs CONTRACTS.json: compiles Contracts.sol beside this file, with no network, and adds
// contracts that OpenZeppelin publishes in compiled form.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

// Packages are searched in the working directory.
const require = createRequire(join(process.cwd(), "here.js"));
const solc = require("solc");
const FILE = "Contracts.sol";
const EVM_VERSION = "cancun";
const LIBRARIES = ["@openzeppelin/contracts", "erc721a"];
const PUBLISHED = {
  "openzeppelin-4": ["ERC721PresetMinterPauserAutoId", "ERC1155PresetMinterPauser"],
  "@openzeppelin/contracts": ["BeaconProxy", "TransparentUpgradeableProxy", "UpgradeableBeacon"],
};

const digest = (text) => createHash("sha256").update(text).digest("hex");
const versionOf = (name) => require(`${name}/package.json`).version;
// Tests need the constructors and the events. They encode the calls of functions themselves.
const needed = (abi) => abi.filter(({ type }) => ["constructor", "event"].includes(type));

function compiled() {
  const source = readFileSync(new URL(FILE, import.meta.url), "utf8");
  const input = {
    language: "Solidity",
    sources: { [FILE]: { content: source } },
    settings: {
      evmVersion: EVM_VERSION,
      optimizer: { enabled: true, runs: 200 },
      outputSelection: { [FILE]: { "*": ["abi", "evm.bytecode.object"] } },
    },
  };
  const load = (path) => ({ contents: readFileSync(require.resolve(path), "utf8") });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: load }));
  for (const error of output.errors ?? []) throw new Error(error.formattedMessage);

  const libraries = LIBRARIES.map((name) => `${name} ${versionOf(name)}`).join(", ");
  const compiler = `solc ${solc.version()} for ${EVM_VERSION}, ${libraries}`;
  return Object.entries(output.contracts[FILE]).map(([name, { abi, evm }]) => [
    name,
    { source_sha256: digest(source), compiler, abi: needed(abi), bytecode: `0x${evm.bytecode.object}` },
  ]);
}

function published(library, name) {
  const text = readFileSync(require.resolve(`${library}/build/contracts/${name}.json`), "utf8");
  const { abi, bytecode } = JSON.parse(text);
  const compiler = `as published in @openzeppelin/contracts ${versionOf(library)}`;
  return [name, { source_sha256: digest(text), compiler, abi: needed(abi), bytecode }];
}

const contracts = compiled();
for (const [library, names] of Object.entries(PUBLISHED)) {
  for (const name of names) contracts.push(published(library, name));
}
const lines = contracts.map(([name, contract]) => ` "${name}": ${JSON.stringify(contract)}`);
writeFileSync(process.argv[2], `{\n${lines.join(",\n")}\n}\n`);
