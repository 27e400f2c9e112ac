// actions/drift/main.ts
import { fileURLToPath } from "node:url";

// node_modules/@actions/core/lib/command.js
import * as os from "os";

// node_modules/@actions/core/lib/utils.js
function toCommandValue(input) {
  if (input === null || input === void 0) {
    return "";
  } else if (typeof input === "string" || input instanceof String) {
    return input;
  }
  return JSON.stringify(input);
}
function toCommandProperties(annotationProperties) {
  if (!Object.keys(annotationProperties).length) {
    return {};
  }
  return {
    title: annotationProperties.title,
    file: annotationProperties.file,
    line: annotationProperties.startLine,
    endLine: annotationProperties.endLine,
    col: annotationProperties.startColumn,
    endColumn: annotationProperties.endColumn
  };
}

// node_modules/@actions/core/lib/command.js
function issueCommand(command, properties, message) {
  const cmd = new Command(command, properties, message);
  process.stdout.write(cmd.toString() + os.EOL);
}
var CMD_STRING = "::";
var Command = class {
  constructor(command, properties, message) {
    if (!command) {
      command = "missing.command";
    }
    this.command = command;
    this.properties = properties;
    this.message = message;
  }
  toString() {
    let cmdStr = CMD_STRING + this.command;
    if (this.properties && Object.keys(this.properties).length > 0) {
      cmdStr += " ";
      let first = true;
      for (const key in this.properties) {
        if (this.properties.hasOwnProperty(key)) {
          const val = this.properties[key];
          if (val) {
            if (first) {
              first = false;
            } else {
              cmdStr += ",";
            }
            cmdStr += `${key}=${escapeProperty(val)}`;
          }
        }
      }
    }
    cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
    return cmdStr;
  }
};
function escapeData(s) {
  return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}
function escapeProperty(s) {
  return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A").replace(/:/g, "%3A").replace(/,/g, "%2C");
}

// node_modules/@actions/core/lib/file-command.js
import * as crypto from "crypto";
import * as fs from "fs";
import * as os2 from "os";
function issueFileCommand(command, message) {
  const filePath = process.env[`GITHUB_${command}`];
  if (!filePath) {
    throw new Error(`Unable to find environment variable for file command ${command}`);
  }
  if (!fs.existsSync(filePath)) {
    throw new Error(`Missing file at path: ${filePath}`);
  }
  fs.appendFileSync(filePath, `${toCommandValue(message)}${os2.EOL}`, {
    encoding: "utf8"
  });
}
function prepareKeyValueMessage(key, value) {
  const delimiter2 = `ghadelimiter_${crypto.randomUUID()}`;
  const convertedValue = toCommandValue(value);
  if (key.includes(delimiter2)) {
    throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter2}"`);
  }
  if (convertedValue.includes(delimiter2)) {
    throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter2}"`);
  }
  return `${key}<<${delimiter2}${os2.EOL}${convertedValue}${os2.EOL}${delimiter2}`;
}

// node_modules/@actions/core/lib/core.js
import * as os3 from "os";
import * as path from "path";

// node_modules/@actions/core/lib/summary.js
import { EOL as EOL3 } from "os";
import { constants, promises } from "fs";
var __awaiter = function(thisArg, _arguments, P, generator) {
  function adopt(value) {
    return value instanceof P ? value : new P(function(resolve) {
      resolve(value);
    });
  }
  return new (P || (P = Promise))(function(resolve, reject) {
    function fulfilled(value) {
      try {
        step(generator.next(value));
      } catch (e) {
        reject(e);
      }
    }
    function rejected(value) {
      try {
        step(generator["throw"](value));
      } catch (e) {
        reject(e);
      }
    }
    function step(result) {
      result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
    }
    step((generator = generator.apply(thisArg, _arguments || [])).next());
  });
};
var { access, appendFile, writeFile } = promises;
var SUMMARY_ENV_VAR = "GITHUB_STEP_SUMMARY";
var Summary = class {
  constructor() {
    this._buffer = "";
  }
  /**
   * Finds the summary file path from the environment, rejects if env var is not found or file does not exist
   * Also checks r/w permissions.
   *
   * @returns step summary file path
   */
  filePath() {
    return __awaiter(this, void 0, void 0, function* () {
      if (this._filePath) {
        return this._filePath;
      }
      const pathFromEnv = process.env[SUMMARY_ENV_VAR];
      if (!pathFromEnv) {
        throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
      }
      try {
        yield access(pathFromEnv, constants.R_OK | constants.W_OK);
      } catch (_a) {
        throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
      }
      this._filePath = pathFromEnv;
      return this._filePath;
    });
  }
  /**
   * Wraps content in an HTML tag, adding any HTML attributes
   *
   * @param {string} tag HTML tag to wrap
   * @param {string | null} content content within the tag
   * @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
   *
   * @returns {string} content wrapped in HTML element
   */
  wrap(tag, content, attrs = {}) {
    const htmlAttrs = Object.entries(attrs).map(([key, value]) => ` ${key}="${value}"`).join("");
    if (!content) {
      return `<${tag}${htmlAttrs}>`;
    }
    return `<${tag}${htmlAttrs}>${content}</${tag}>`;
  }
  /**
   * Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
   *
   * @param {SummaryWriteOptions} [options] (optional) options for write operation
   *
   * @returns {Promise<Summary>} summary instance
   */
  write(options) {
    return __awaiter(this, void 0, void 0, function* () {
      const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
      const filePath = yield this.filePath();
      const writeFunc = overwrite ? writeFile : appendFile;
      yield writeFunc(filePath, this._buffer, { encoding: "utf8" });
      return this.emptyBuffer();
    });
  }
  /**
   * Clears the summary buffer and wipes the summary file
   *
   * @returns {Summary} summary instance
   */
  clear() {
    return __awaiter(this, void 0, void 0, function* () {
      return this.emptyBuffer().write({ overwrite: true });
    });
  }
  /**
   * Returns the current summary buffer as a string
   *
   * @returns {string} string of summary buffer
   */
  stringify() {
    return this._buffer;
  }
  /**
   * If the summary buffer is empty
   *
   * @returns {boolen} true if the buffer is empty
   */
  isEmptyBuffer() {
    return this._buffer.length === 0;
  }
  /**
   * Resets the summary buffer without writing to summary file
   *
   * @returns {Summary} summary instance
   */
  emptyBuffer() {
    this._buffer = "";
    return this;
  }
  /**
   * Adds raw text to the summary buffer
   *
   * @param {string} text content to add
   * @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
   *
   * @returns {Summary} summary instance
   */
  addRaw(text, addEOL = false) {
    this._buffer += text;
    return addEOL ? this.addEOL() : this;
  }
  /**
   * Adds the operating system-specific end-of-line marker to the buffer
   *
   * @returns {Summary} summary instance
   */
  addEOL() {
    return this.addRaw(EOL3);
  }
  /**
   * Adds an HTML codeblock to the summary buffer
   *
   * @param {string} code content to render within fenced code block
   * @param {string} lang (optional) language to syntax highlight code
   *
   * @returns {Summary} summary instance
   */
  addCodeBlock(code, lang) {
    const attrs = Object.assign({}, lang && { lang });
    const element = this.wrap("pre", this.wrap("code", code), attrs);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML list to the summary buffer
   *
   * @param {string[]} items list of items to render
   * @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
   *
   * @returns {Summary} summary instance
   */
  addList(items, ordered = false) {
    const tag = ordered ? "ol" : "ul";
    const listItems = items.map((item) => this.wrap("li", item)).join("");
    const element = this.wrap(tag, listItems);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML table to the summary buffer
   *
   * @param {SummaryTableCell[]} rows table rows
   *
   * @returns {Summary} summary instance
   */
  addTable(rows) {
    const tableBody = rows.map((row) => {
      const cells = row.map((cell2) => {
        if (typeof cell2 === "string") {
          return this.wrap("td", cell2);
        }
        const { header, data, colspan, rowspan } = cell2;
        const tag = header ? "th" : "td";
        const attrs = Object.assign(Object.assign({}, colspan && { colspan }), rowspan && { rowspan });
        return this.wrap(tag, data, attrs);
      }).join("");
      return this.wrap("tr", cells);
    }).join("");
    const element = this.wrap("table", tableBody);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds a collapsable HTML details element to the summary buffer
   *
   * @param {string} label text for the closed state
   * @param {string} content collapsable content
   *
   * @returns {Summary} summary instance
   */
  addDetails(label, content) {
    const element = this.wrap("details", this.wrap("summary", label) + content);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML image tag to the summary buffer
   *
   * @param {string} src path to the image you to embed
   * @param {string} alt text description of the image
   * @param {SummaryImageOptions} options (optional) addition image attributes
   *
   * @returns {Summary} summary instance
   */
  addImage(src, alt, options) {
    const { width, height } = options || {};
    const attrs = Object.assign(Object.assign({}, width && { width }), height && { height });
    const element = this.wrap("img", null, Object.assign({ src, alt }, attrs));
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML section heading element
   *
   * @param {string} text heading text
   * @param {number | string} [level=1] (optional) the heading level, default: 1
   *
   * @returns {Summary} summary instance
   */
  addHeading(text, level) {
    const tag = `h${level}`;
    const allowedTag = ["h1", "h2", "h3", "h4", "h5", "h6"].includes(tag) ? tag : "h1";
    const element = this.wrap(allowedTag, text);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML thematic break (<hr>) to the summary buffer
   *
   * @returns {Summary} summary instance
   */
  addSeparator() {
    const element = this.wrap("hr", null);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML line break (<br>) to the summary buffer
   *
   * @returns {Summary} summary instance
   */
  addBreak() {
    const element = this.wrap("br", null);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML blockquote to the summary buffer
   *
   * @param {string} text quote text
   * @param {string} cite (optional) citation url
   *
   * @returns {Summary} summary instance
   */
  addQuote(text, cite) {
    const attrs = Object.assign({}, cite && { cite });
    const element = this.wrap("blockquote", text, attrs);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML anchor tag to the summary buffer
   *
   * @param {string} text link text/content
   * @param {string} href hyperlink
   *
   * @returns {Summary} summary instance
   */
  addLink(text, href) {
    const element = this.wrap("a", text, { href });
    return this.addRaw(element).addEOL();
  }
};
var _summary = new Summary();
var summary = _summary;

// node_modules/@actions/core/lib/core.js
var ExitCode;
(function(ExitCode2) {
  ExitCode2[ExitCode2["Success"] = 0] = "Success";
  ExitCode2[ExitCode2["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
function addPath(inputPath) {
  const filePath = process.env["GITHUB_PATH"] || "";
  if (filePath) {
    issueFileCommand("PATH", inputPath);
  } else {
    issueCommand("add-path", {}, inputPath);
  }
  process.env["PATH"] = `${inputPath}${path.delimiter}${process.env["PATH"]}`;
}
function getInput(name, options) {
  const val = process.env[`INPUT_${name.replace(/ /g, "_").toUpperCase()}`] || "";
  if (options && options.required && !val) {
    throw new Error(`Input required and not supplied: ${name}`);
  }
  if (options && options.trimWhitespace === false) {
    return val;
  }
  return val.trim();
}
function setOutput(name, value) {
  const filePath = process.env["GITHUB_OUTPUT"] || "";
  if (filePath) {
    return issueFileCommand("OUTPUT", prepareKeyValueMessage(name, value));
  }
  process.stdout.write(os3.EOL);
  issueCommand("set-output", { name }, toCommandValue(value));
}
function error(message, properties = {}) {
  issueCommand("error", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function warning(message, properties = {}) {
  issueCommand("warning", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function notice(message, properties = {}) {
  issueCommand("notice", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function info(message) {
  process.stdout.write(message + os3.EOL);
}

// actions/shared/action-error.ts
var ActionError = class extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = "ActionError";
  }
};

// actions/shared/inputs.ts
function requiredInput(name) {
  const value = getInput(name);
  if (value === "") throw new ActionError(`The input "${name}" is missing: give it below "with:" of this step`);
  return value;
}
function optionalInput(name) {
  return getInput(name) || void 0;
}
function booleanInput(name, fallback) {
  const text = getInput(name).toLowerCase();
  if (text === "") return fallback;
  if (text !== "true" && text !== "false") {
    throw new ActionError(`The input "${name}" is ${JSON.stringify(text)}: it must be true or false`);
  }
  return text === "true";
}
function listInput(name) {
  return getInput(name).split(/\s+/).filter((word) => word !== "");
}

// actions/shared/io.ts
var MAX_SUMMARY = 1e6;
function githubIo(env) {
  return {
    env,
    info,
    notice,
    warning,
    error,
    output: setOutput,
    addPath,
    async summary(markdown) {
      if (env.GITHUB_STEP_SUMMARY === void 0) return;
      const bytes = Buffer.from(markdown);
      const cut = `${bytes.subarray(0, MAX_SUMMARY).toString("utf8")}

… cut here: GitHub shows 1 MiB.`;
      await summary.addRaw(bytes.length > MAX_SUMMARY ? cut : markdown, true).write();
    }
  };
}

// actions/shared/start-action.ts
async function startAction(run) {
  const io = githubIo(process.env);
  try {
    process.exitCode = await run(io);
  } catch (error2) {
    const isExpected = error2 instanceof ActionError;
    io.error(isExpected || !(error2 instanceof Error) ? String(error2.message ?? error2) : `${error2.stack}`);
    process.exitCode = 1;
  }
}

// actions/drift/run.ts
import { mkdir as mkdir2, writeFile as writeFile2 } from "node:fs/promises";
import path5 from "node:path";

// actions/shared/annotate-problems.ts
var PROBLEM = /^(?<file>[^:\s][^:]*):(?<line>\d+):(?<column>\d+): (?<level>error|warning): (?<message>.*)$/;
var SHOWN = 10;
function annotateProblems(io, { code, stderr }, doing) {
  const problems = stderr.map((line2) => PROBLEM.exec(line2)?.groups).filter((groups) => groups !== void 0);
  for (const { file, line: line2, column, level, message } of problems.slice(0, SHOWN)) {
    const place = { file, startLine: Number(line2), startColumn: Number(column) };
    if (level === "error") io.error(message, place);
    else io.warning(message, place);
  }
  const words = stderr.filter((line2) => line2.startsWith("sluice: ") || line2.startsWith("error: "));
  const last = words.at(-1) ?? stderr.filter((line2) => line2.trim() !== "").at(-1);
  io.error(`${doing}: ${last?.replace(/^(sluice|error): /, "") ?? `sluice ended with ${code}`}`);
  return Math.max(code, 1);
}

// actions/shared/child-env.ts
var KEPT_BACK = /^(INPUT_.*|GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY|TOKEN)|ACTIONS_(RUNTIME|RESULTS|CACHE)_.*)$/i;
var IDENTITY = /^ACTIONS_ID_TOKEN_/i;
function childEnv(env, { identity }) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !KEPT_BACK.test(name) && (identity || !IDENTITY.test(name)))
  );
}

// actions/shared/find-program.ts
import { access as access2, constants as constants2, stat } from "node:fs/promises";
import path2 from "node:path";
async function findProgram(name, searched) {
  for (const folder of (searched ?? "").split(path2.delimiter)) {
    const file = path2.join(folder, name);
    if (folder !== "" && await isProgram(file)) return file;
  }
  return void 0;
}
async function isProgram(file) {
  try {
    await access2(file, constants2.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

// actions/shared/install-sluice.ts
import { createHash, randomUUID as randomUUID3 } from "node:crypto";
import { cp, mkdir, readdir, readFile, rename, rm, stat as stat2 } from "node:fs/promises";
import path3 from "node:path";

// actions/shared/run-program.ts
import { spawn } from "node:child_process";
import { randomUUID as randomUUID2 } from "node:crypto";
import { createInterface } from "node:readline";
var AFTER_FIRST_MS = 8e3;
var AFTER_SECOND_MS = 1e3;
var DRAIN_MS = 1e3;
var KEPT_LINES = 1e3;
async function runProgram(io, [program, ...args], options) {
  const mark = randomUUID2();
  io.info(`::stop-commands::${mark}`);
  try {
    return await runQuietly(io, program, args, options);
  } finally {
    io.info(`::${mark}::`);
  }
}
async function runQuietly(io, program, args, options) {
  const { env, cwd, forwardSignals } = options;
  const child = spawn(program, args, { env, ...cwd ? { cwd } : {}, stdio: ["ignore", "pipe", "pipe"] });
  const signals = forwardSignals ? passSignalsOn(io, child) : void 0;
  const out = [];
  const stderr = [];
  child.stdout.on("data", (chunk) => out.push(chunk));
  createInterface({ input: child.stderr }).on("line", (line2) => {
    io.info(line2);
    stderr.push(line2);
    if (stderr.length > KEPT_LINES) stderr.shift();
  });
  try {
    const code = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status, signal) => resolve(status ?? 128 + (signal === "SIGKILL" ? 9 : 15)));
      child.on(
        "exit",
        () => setTimeout(() => [child.stdout, child.stderr].map((one) => one.destroy()), DRAIN_MS).unref()
      );
    });
    return { code, stdout: Buffer.concat(out).toString("utf8"), stderr, interrupted: (signals?.count() ?? 0) > 0 };
  } catch (cause) {
    throw new ActionError(`starting ${program}: ${cause.message}`, { cause });
  } finally {
    signals?.stop();
  }
}
function passSignalsOn(io, child) {
  let count = 0;
  let killer;
  const pass = (signal) => {
    count += 1;
    io.info(`${signal}: the program is asked to end`);
    child.kill("SIGTERM");
    clearTimeout(killer);
    killer = setTimeout(() => child.kill("SIGKILL"), count === 1 ? AFTER_FIRST_MS : AFTER_SECOND_MS);
  };
  process.on("SIGINT", pass).on("SIGTERM", pass);
  return {
    count: () => count,
    stop() {
      clearTimeout(killer);
      process.off("SIGINT", pass).off("SIGTERM", pass);
    }
  };
}

// actions/shared/install-sluice.ts
var PARTS = ["package.json", "package-lock.json", ".npmrc", "app.yml", "src"];
var ABANDONED_MS = 24 * 36e5;
async function installSluice(io, source) {
  const cache = io.env.RUNNER_TOOL_CACHE || io.env.RUNNER_TEMP;
  if (!cache) throw new ActionError("RUNNER_TOOL_CACHE is not set: this action runs on GitHub Actions runners only");
  const { version } = JSON.parse(await readFile(path3.join(source, "package.json"), "utf8"));
  const name = `${version}-${(await digest(source)).slice(0, 16)}`;
  const folder = path3.join(cache, "sluice", name, `${process.platform}-${process.arch}`);
  if (await isThere(folder)) return { folder, reused: true };
  await removeAbandoned(path3.join(cache, "sluice"));
  const staging = path3.join(cache, "sluice", `.${randomUUID3()}`);
  try {
    await mkdir(staging, { recursive: true });
    for (const part of PARTS) await cp(path3.join(source, part), path3.join(staging, part), { recursive: true });
    await installPackages(io, staging);
    await mkdir(path3.dirname(folder), { recursive: true });
    await rename(staging, folder).catch(async (error2) => {
      if (!await isThere(folder)) throw error2;
    });
    return { folder, reused: false };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
async function removeAbandoned(folder) {
  for (const name of await readdir(folder).catch(() => [])) {
    const staging = path3.join(folder, name);
    if (!name.startsWith(".") || await ageMs(staging) < ABANDONED_MS) continue;
    await rm(staging, { recursive: true, force: true });
  }
}
async function ageMs(file) {
  return stat2(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0
  );
}
async function installPackages(io, folder) {
  const args = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const ended = await runProgram(io, [...await npm(io), ...args], {
    cwd: folder,
    env: childEnv(io.env, { identity: false })
  });
  if (ended.code !== 0) {
    const why = ended.stderr.filter((line2) => line2.trim() !== "").slice(0, 5);
    throw new ActionError(`installing the packages of sluice: npm ci ended with ${ended.code}
${why.join("\n")}`);
  }
}
async function npm(io) {
  const onPath = await findProgram("npm", io.env.PATH);
  if (onPath) return [onPath];
  const beside = path3.join(path3.dirname(process.execPath), "../lib/node_modules/npm/bin/npm-cli.js");
  if (await isThere(beside)) return [process.execPath, beside];
  throw new ActionError("There is no npm on this runner: install Node.js on it, or an image that has sluice already");
}
async function digest(source) {
  const hash = createHash("sha256");
  for (const part of PARTS) {
    for (const file of await filesOf(source, part)) {
      const content = await readFile(path3.join(source, file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex");
}
async function filesOf(source, part) {
  if ((await stat2(path3.join(source, part))).isFile()) return [part];
  const entries = await readdir(path3.join(source, part), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path3.relative(source, path3.join(entry.parentPath, entry.name)).split(path3.sep).join("/")).sort();
}
async function isThere(file) {
  return stat2(file).then(
    () => true,
    () => false
  );
}

// actions/shared/sluice-command.ts
import { createRequire } from "node:module";
import path4 from "node:path";
import { pathToFileURL } from "node:url";
function sluiceCommand(folder) {
  const main = path4.join(folder, "src/cli/main.ts");
  const { typescript } = process.features;
  return [process.execPath, ...typescript ? ["--disable-warning=ExperimentalWarning"] : throughTsx(folder), main];
}
function throughTsx(folder) {
  try {
    const tsx = createRequire(path4.join(folder, "package.json")).resolve("tsx");
    return ["--import", pathToFileURL(tsx).href];
  } catch (cause) {
    const message = `sluice needs Node.js 24 here, this is ${process.version}: update the runner (2.327.1 or newer)`;
    throw new ActionError(message, { cause });
  }
}

// actions/shared/find-sluice.ts
async function findSluice(io, source) {
  if (process.platform === "win32") {
    throw new ActionError("sluice runs on Linux and macOS runners: it ends what a job started by its process group");
  }
  const onPath = await findProgram("sluice", io.env.PATH);
  if (onPath) return [onPath];
  io.info("There is no sluice on the PATH: installing it");
  return sluiceCommand((await installSluice(io, source)).folder);
}

// actions/shared/parse-answer.ts
function parseAnswer({ stdout }) {
  try {
    const answer = JSON.parse(stdout);
    return typeof answer === "object" && answer !== null ? answer : void 0;
  } catch {
    return void 0;
  }
}

// actions/drift/drift-report.ts
var MOST = 200;
var TITLES = {
  good: "✅ No drift",
  bad: "❌ Drift",
  "cannot-tell": "❔ Cannot tell",
  "no-data": "❔ No data"
};
function driftReport(answer, files) {
  const { verdict, rows, reasons, cause, columns, segments, leftOut } = answer;
  const shown = [...columns].sort((a, b) => far(b) - far(a));
  const counts = `${number(rows.current)} rows of ${cell(files.current)} against ${number(rows.reference)} of ${cell(files.reference)}.`;
  const table = [
    "| | Column | Measure | Effect | At most | p | Missing | Never seen before |",
    "| --- | --- | --- | ---: | ---: | ---: | --- | ---: |",
    ...shown.slice(0, MOST).map(line)
  ];
  return [
    `## ${TITLES[verdict]}`,
    counts,
    reasons.map((reason) => `- ${cell(reason)}`).join("\n"),
    cause ? `Probable cause: ${cell(cause.text)}` : "",
    columns.length > 0 ? table.join("\n") : "",
    columns.length > MOST ? `${number(columns.length - MOST)} columns that are nearer to the reference are in the page.` : "",
    segments.length > 0 ? `Where it moved most:

${segments.slice(0, MOST).map(segmentLine).join("\n")}` : "",
    leftOut.length > 0 ? `Not compared: ${leftOut.map(cell).join(", ")}.` : ""
  ].filter((part) => part !== "").join("\n\n").concat("\n");
}
function far({ broken, values, missing }) {
  if (broken !== void 0) return Number.POSITIVE_INFINITY;
  return Math.max(values ? values.effect / values.threshold : 0, missing.effect / missing.threshold);
}
function line({ column, drifted, broken, values, missing, unseen }) {
  const figures = values ? [
    values.measure === "psi" ? "PSI" : "CDF distance",
    values.effect.toFixed(3),
    String(values.threshold),
    values.adjusted.toPrecision(2)
  ] : ["", "", "", ""];
  const shares = `${percent(missing.reference)} → ${percent(missing.window)}`;
  const cells = [
    drifted || broken !== void 0 ? "❌" : "✅",
    cell(column),
    ...figures,
    broken ? cell(broken) : shares,
    unseen ? percent(unseen) : ""
  ];
  return `| ${cells.join(" | ")} |`;
}
function segmentLine({ by, key, column, effect, rows }) {
  return `- ${cell(column)} by ${effect.toFixed(3)} where ${cell(by)} is ${cell(key)} (${number(rows)} rows)`;
}
var number = (value) => value.toLocaleString("en-US");
var percent = (share) => `${(100 * share).toFixed(1)} %`;
function cell(text) {
  return `\`${text.replace(/[`|\p{Cc}\p{Cf}]/gu, "?")}\``;
}

// actions/drift/run.ts
async function drift(inputs, io, source) {
  const sluice = await findSluice(io, source);
  const { reference, current } = inputs;
  const folder = path5.join(io.env.RUNNER_TEMP ?? ".", "sluice-report");
  const args = ["drift", "--json", "--reference", reference, "--current", current];
  if (inputs.effect) args.push("--effect", inputs.effect);
  if (inputs.ignore.length > 0) args.push("--ignore", ...inputs.ignore);
  if (inputs.by.length > 0) args.push("--by", ...inputs.by);
  const page = path5.resolve(inputs.page ?? path5.join(folder, "drift.html"));
  await mkdir2(path5.dirname(page), { recursive: true });
  args.push("--html", page);
  const ended = await runProgram(io, [...sluice, ...args], { env: childEnv(io.env, { identity: false }) });
  const answer = parseAnswer(ended);
  if (!answer) return annotateProblems(io, ended, `Comparing ${current} with ${reference}`);
  const moved = answer.columns.filter((one) => one.drifted || one.broken !== void 0).map((one) => one.column);
  const markdown = driftReport(answer, inputs);
  const report = path5.resolve(inputs.report ?? path5.join(folder, "drift.md"));
  await mkdir2(path5.dirname(report), { recursive: true });
  await writeFile2(report, markdown);
  io.output("drifted", String(answer.verdict === "bad"));
  io.output("verdict", answer.verdict);
  io.output("columns", JSON.stringify(moved));
  io.output("report", report);
  io.output("page", page);
  annotate(io, answer, moved, inputs);
  await io.summary(markdown);
  return answer.verdict === "bad" && inputs.failOnDrift ? 1 : 0;
}
function annotate(io, answer, moved, { current, failOnDrift }) {
  const because = answer.reasons.join("; ");
  if (answer.verdict === "bad") {
    const message = `Drift in ${moved.join(", ") || current}${because === "" ? "" : `: ${because}`}`;
    if (failOnDrift) io.error(message);
    else io.warning(message);
  } else if (answer.verdict !== "good") {
    io.warning(`Whether ${current} drifted cannot be told${because === "" ? "" : `: ${because}`}`);
  }
}

// actions/drift/main.ts
await startAction(async (io) => {
  const [effect, report, page] = [optionalInput("effect"), optionalInput("report"), optionalInput("page")];
  const inputs = {
    reference: requiredInput("reference"),
    current: requiredInput("current"),
    ignore: listInput("ignore"),
    by: listInput("by"),
    failOnDrift: booleanInput("fail-on-drift", false),
    ...effect ? { effect } : {},
    ...report ? { report } : {},
    ...page ? { page } : {}
  };
  return drift(inputs, io, fileURLToPath(new URL("../../", import.meta.url)));
});
