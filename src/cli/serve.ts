import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import sirv from "sirv";
import { InputError, OptionError } from "../errors.ts";
import { print } from "./output.ts";

const HOST = "127.0.0.1";
const PORT = 8317;

export function addServe(program: Command): void {
  program
    .command("serve")
    .description("open the page that listens, on this machine only")
    .option("--port <number>", `of the address; 0 takes a free one (default: ${PORT})`, portOption, PORT)
    .addHelpText("after", "\nExample:\n  $ emovox serve --port 8080")
    .action(async ({ port }: { port: number }) => {
      const server = await servePage(port);
      print(`http://localhost:${(server.address() as AddressInfo).port}/  (Ctrl+C ends it)`);
    });
}

function portOption(value: string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65535 && value.trim() !== "") return port;
  throw new OptionError(`--port must be an integer from 0 to 65535, not "${value}"`);
}

/** Serves the built page on the loopback address. @throws {InputError} a port that is in use or forbidden */
async function servePage(port: number): Promise<Server> {
  const folder = fileURLToPath(new URL("../web", import.meta.url));
  if (!existsSync(folder)) throw new Error(`the page is not built: there is no ${folder}; npm run build makes it`);
  const files = sirv(folder, {
    etag: true,
    setHeaders(response, path) {
      // Names of assets change with their content; the rest is asked for again.
      response.setHeader(
        "Cache-Control",
        path.startsWith("/assets/") ? "public,max-age=31536000,immutable" : "no-cache",
      );
      response.setHeader("X-Content-Type-Options", "nosniff");
      response.setHeader("Referrer-Policy", "no-referrer");
      response.setHeader("Content-Security-Policy", "frame-ancestors 'none'");
    },
  });
  const server = createServer((request, response) => {
    files(request, response, () => {
      response.statusCode = 404;
      response.end("not found");
    });
  });
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) => {
      const known = error.code === "EADDRINUSE" ? "in use" : error.code === "EACCES" ? "not allowed" : undefined;
      reject(known ? new InputError(`port ${port} is ${known}; choose another with --port`) : error);
    });
    server.listen(port, HOST, () => resolve(server));
  });
}
