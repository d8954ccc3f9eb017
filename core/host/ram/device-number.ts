/** `major:minor` of a device number as `stat` gives it: how Linux names devices below `/proc` and `/sys`. */

export function deviceNumber(device: number): string {
  // The kernel packs 32 bits of each into 64, the low ones where they always were (glibc's makedev).
  const packed = BigInt(device)
  const major = ((packed >> 8n) & 0xfffn) | ((packed >> 32n) & 0xfffff000n)
  const minor = (packed & 0xffn) | ((packed >> 12n) & 0xffffff00n)
  return `${major}:${minor}`
}
