/** sRGB channels, 0 to 1. */
type Rgb = readonly [number, number, number]

const white: Rgb = [1, 1, 1]
/** Surface of the dark theme (zinc 900). */
const dark: Rgb = [0x18 / 255, 0x18 / 255, 0x1b / 255]
/** WCAG 2.2, success criterion 1.4.3, asks for 4.5. More, because the colour also stands on surfaces tinted with itself. */
const least = 6.2

/**
 * A brand colour made readable: the same hue, darker on light surfaces and lighter on dark ones until text in it,
 * and the surface's colour on it, reach the contrast that WCAG asks for.
 * @param hex `#rgb` or `#rrggbb`
 * @returns null when it is not such a colour
 */
export function readableBrand(hex: string): { onLight: string; onDark: string } | null {
  const color = parseHex(hex)
  if (!color) return null
  return { onLight: toHex(shift(color, [0, 0, 0], white)), onDark: toHex(shift(color, white, dark)) }
}

/** Mixes towards `target` in small steps until the contrast with `surface` is enough. */
function shift(color: Rgb, target: Rgb, surface: Rgb): Rgb {
  for (let step = 0; step <= 50; step++) {
    const mixed = mix(color, target, step / 50)
    if (contrast(mixed, surface) >= least) return mixed
  }
  return target
}

/** Contrast ratio of WCAG 2.2, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [light, shade] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return ((light ?? 0) + 0.05) / ((shade ?? 0) + 0.05)
}

const linear = (channel: number) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4)

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

function mix(a: Rgb, b: Rgb, part: number): Rgb {
  return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part]
}

export function parseHex(hex: string): Rgb | null {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(hex.trim())?.[1]
  if (!digits) return null
  const full = digits.length === 3 ? Array.from(digits, (digit) => digit + digit).join('') : digits
  const channel = (at: number) => Number.parseInt(full.slice(at, at + 2), 16) / 255
  return [channel(0), channel(2), channel(4)]
}

function toHex(color: Rgb): string {
  return `#${color
    .map((channel) =>
      Math.round(channel * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}
