/** One command on several files: each is done on its own, a failure does not keep the others from it. */

import type { Outcome } from "../command.ts"
import { formatReport, type Report, reportOf } from "../report.ts"
import type { Terminal } from "../terminal.ts"

export type FileOutcome = {
  readonly said?: readonly string[]
  readonly stdout?: string
  /** This file's part of the document for `--json`. */
  readonly json: Readonly<Record<string, unknown>>
  readonly exitCode?: number
}

/**
 * With one file its failure is the command's. With several each failure is
 * told with its file, and the exit code is theirs if they agree, else 1.
 *
 * @param asJson - Failures then stand in the document only.
 */
export async function forEachFile(
  files: readonly string[],
  asJson: boolean,
  terminal: Terminal,
  work: (file: string) => Promise<FileOutcome>,
): Promise<Outcome> {
  const [only, ...more] = files
  if (only !== undefined && more.length === 0) return work(only)
  const said: string[] = []
  const stdout: string[] = []
  const json: unknown[] = []
  const codes = new Set<number>()
  for (const file of files) {
    try {
      const outcome = await work(file)
      said.push(...(outcome.said ?? []))
      stdout.push(outcome.stdout ?? "")
      json.push(outcome.json)
      codes.add(outcome.exitCode ?? 0)
    } catch (error) {
      const report = reportOf(error)
      if (!asJson) terminal.stderr.write(reportText(file, report))
      json.push({ file, error: report.error })
      codes.add(report.exitCode)
    }
  }
  codes.delete(0)
  const [code = 0, ...others] = codes
  return { said, stdout: stdout.join(""), json: { files: json }, exitCode: others.length === 0 ? code : 1 }
}

function reportText(file: string, report: Report): string {
  const text = formatReport(report)
  return report.error.message.includes(file) ? text : text.replace(/^error: /, () => `error: ${file}: `)
}
