// Writes packages/*/report.api.md, the public surface of each package, from its built declarations:
//   node scripts/api-reports.js           checks that the reports in the repository are current
//   node scripts/api-reports.js --update  brings them up to date
// A second entry, such as ./testing, has a report of its own: report.testing.api.md.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { publicPackages } from "./public-packages.js";

const isUpdate = process.argv.includes("--update");
const scratch = mkdtempSync(join(tmpdir(), "api-reports-"));
const stale = publicPackages().flatMap(({ directory, declarations }) =>
  Object.entries(declarations)
    .filter(([entry, types]) => !report(directory, entry, types))
    .map(([entry]) => relative(process.cwd(), reportFile(directory, entry))),
);
rmSync(scratch, { recursive: true });

if (stale.length > 0 && !isUpdate) {
  console.error(
    `These API reports are not current; run \`pnpm api\` and read the difference:\n  ${stale.join("\n  ")}`,
  );
  process.exit(1);
}
console.log(stale.length > 0 ? `Updated:\n  ${stale.join("\n  ")}` : "The API reports are current.");

/**
 * @param {string} directory
 * @param {string} entry
 * @param {string} types
 * @returns {boolean} whether the report in the repository was current
 */
function report(directory, entry, types) {
  const config = ExtractorConfig.prepare({
    configObject: configuration(directory, entry, types),
    configObjectFullPath: undefined,
    packageJsonFullPath: join(directory, "package.json"),
  });
  const result = Extractor.invoke(config, {
    localBuild: isUpdate,
    messageCallback: (message) => {
      message.handled = message.logLevel !== ExtractorLogLevel.Error; // the rest is said below, or is in the report
    },
  });
  if (result.errorCount > 0) throw new Error(`Cannot read the declarations of ${directory}`);
  return !result.apiReportChanged;
}

/**
 * @param {string} directory
 * @param {string} entry
 * @param {string} types
 * @returns {import("@microsoft/api-extractor").IConfigFile}
 */
function configuration(directory, entry, types) {
  return {
    projectFolder: directory,
    mainEntryPointFilePath: join(directory, types),
    apiReport: {
      enabled: true,
      reportFolder: directory,
      reportTempFolder: scratch,
      reportFileName: basename(reportFile(directory, entry)),
    },
    compiler: {
      overrideTsconfig: {
        // As a user's project sees the package: what is built, without the condition that leads to the sources.
        compilerOptions: {
          target: "ES2022",
          lib: ["ES2023", "ESNext.Disposable"],
          module: "NodeNext",
          moduleResolution: "NodeNext",
          types: ["node"],
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: true,
        },
        include: ["dist"],
      },
    },
    newlineKind: "lf",
    messages: {
      extractorMessageReporting: {
        default: { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
        "ae-missing-release-tag": { logLevel: ExtractorLogLevel.None },
        "ae-undocumented": { logLevel: ExtractorLogLevel.None },
        // A second entry may name what only the first exports.
        ...(entry === "." ? {} : { "ae-forgotten-export": { logLevel: ExtractorLogLevel.None } }),
      },
      tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
    },
  };
}

/**
 * @param {string} directory
 * @param {string} entry
 */
function reportFile(directory, entry) {
  const suffix = entry === "." ? "" : `.${basename(entry)}`;
  return join(directory, `report${suffix}.api.md`);
}
