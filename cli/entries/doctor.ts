import { doctor } from "../commands/doctor.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(doctor)
