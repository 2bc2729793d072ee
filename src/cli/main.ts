#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { InputError } from "../errors.ts";
import { version } from "../version.ts";
import { addConvert } from "./convert.ts";
import { addDoctor } from "./doctor.ts";
import { addEvaluate } from "./evaluate.ts";
import { addExplain } from "./explain.ts";
import { addExtract } from "./extract.ts";
import { addPredict } from "./predict.ts";
import { addReproduce } from "./reproduce.ts";
import { addServe } from "./serve.ts";
import { addTrain } from "./train.ts";

/** Bad input or usage, as opposed to work that failed (1). */
const BAD_INPUT = 2;

const program = new Command("emovox")
  .description("Emotion recognition from speech and its transcript, on the device.")
  .version(version)
  .exitOverride()
  .showHelpAfterError("(--help shows the options)");
for (const add of [
  addPredict,
  addExplain,
  addExtract,
  addConvert,
  addTrain,
  addEvaluate,
  addReproduce,
  addDoctor,
  addServe,
])
  add(program);

// A reader that has seen enough (`| head`) closes the pipe: no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says on stderr what went wrong; returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_INPUT;
  if (error instanceof InputError) {
    process.stderr.write(`emovox: ${error.message.replaceAll("\n", " ")}\n`);
    return BAD_INPUT;
  }
  process.stderr.write(`emovox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
