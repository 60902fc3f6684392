/** Colours and texts of plots, read from the theme so that both themes and the client's brand are followed. */
export interface ChartTheme {
  text: string
  muted: string
  line: string
  surface: string
  series: string[]
  error: string
}

/** Okabe and Ito (2008) with the brand first: told apart also with colour blindness. */
const light = ['#0f9d76', '#d97706', '#0369a1', '#be185d', '#52525b', '#7c3aed']
const dark = ['#34d399', '#fbbf24', '#38bdf8', '#f472b6', '#a1a1aa', '#a78bfa']

export function readChartTheme(isDark: boolean): ChartTheme {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => resolveColor(style.getPropertyValue(name).trim())
  return {
    text: token('--ui-text'),
    muted: token('--ui-text-muted'),
    line: token('--ui-border'),
    surface: token('--ui-bg'),
    error: token('--ui-error'),
    series: [token('--ui-primary'), ...(isDark ? dark : light)],
  }
}

/** The canvas of a plot does not know `oklch()` in all of its places: any CSS colour as `rgb()`. */
function resolveColor(color: string): string {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 1
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context || !color) return '#71717a'
  context.fillStyle = color
  context.fillRect(0, 0, 1, 1)
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data
  return `rgb(${red}, ${green}, ${blue})`
}

export function withAlpha(color: string, alpha: number): string {
  const channels = color.startsWith('#')
    ? [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)).join(', ')
    : color.slice(4, -1)
  return `rgba(${channels}, ${alpha})`
}
