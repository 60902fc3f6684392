import type { Stretch } from '../media/media-models.ts'

/** SubRip: numbered, times with a comma. */
export function subRip(segments: readonly Stretch[]): string {
  return segments
    .map(
      ({ start, end, text }, index) =>
        `${String(index + 1)}\n${time(start, ',')} --> ${time(end, ',')}\n${line(text)}\n`,
    )
    .join('\n')
}

/** WebVTT (W3C, 2019). */
export function webVtt(segments: readonly Stretch[]): string {
  const cues = segments.map(
    ({ start, end, text }) => `${time(start, '.')} --> ${time(end, '.')}\n${escape(line(text))}\n`,
  )
  return `WEBVTT\n\n${cues.join('\n')}`
}

/** An empty line would end the cue. */
const line = (text: string) => text.trim().replaceAll(/\s*\n\s*/g, '\n')

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const two = (value: number) => String(value).padStart(2, '0')

function time(seconds: number, point: ',' | '.'): string {
  const ms = Math.max(0, Math.round(seconds * 1000))
  const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60]
  const rest = String(ms % 1000).padStart(3, '0')
  return `${two(hours)}:${two(minutes)}:${two(Math.floor(ms / 1000) % 60)}${point}${rest}`
}
