/** One question through the controlling terminal, so that standard input and output stay data. */

import { closeSync, openSync } from "node:fs"
import { isatty, ReadStream, WriteStream } from "node:tty"

const INTERRUPT = "\u0003"
const END = "\u0004"
const ERASE = new Set(["\u007f", "\b"])
const MAX_LENGTH = 4096

/** @returns What was typed; `null` where there is no terminal or the user gave up with Ctrl-D. */
export async function askTerminal(question: string, answer: "hidden" | "shown"): Promise<string | null> {
  const descriptor = openTerminal()
  if (descriptor === null) return null
  const input = new ReadStream(descriptor)
  const output = new WriteStream(openTerminal() ?? descriptor)
  try {
    // First, or what is typed at once would be echoed. An answer to be shown is left to the terminal itself.
    if (answer === "hidden") input.setRawMode(true)
    output.write(question)
    return await readLine(input)
  } finally {
    if (answer === "hidden") {
      input.setRawMode(false)
      output.write("\n")
    }
    input.destroy()
    output.destroy()
  }
}

function openTerminal(): number | null {
  let descriptor: number
  try {
    descriptor = openSync(process.platform === "win32" ? "CONIN$" : "/dev/tty", "r+")
  } catch {
    // No controlling terminal: a pipeline, a service, CI.
    return null
  }
  if (isatty(descriptor)) return descriptor
  closeSync(descriptor)
  return null
}

function readLine(input: ReadStream): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let text = ""
    input.setEncoding("utf8")
    input.on("error", reject)
    input.on("end", () => resolve(text === "" ? null : text))
    input.on("data", (chunk: string) => {
      for (const character of chunk) {
        if (character === "\r" || character === "\n") return resolve(text)
        if (character === END) return resolve(text === "" ? null : text)
        if (character === INTERRUPT) {
          process.kill(process.pid, "SIGINT")
          return resolve(null)
        }
        if (ERASE.has(character)) text = [...text].slice(0, -1).join("")
        else if (text.length < MAX_LENGTH) text += character
      }
    })
  })
}
