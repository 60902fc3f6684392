const icons: [RegExp, string][] = [
  [/^audio\//, 'i-lucide-file-audio'],
  [/^video\//, 'i-lucide-file-video'],
  [/^image\//, 'i-lucide-file-image'],
  [/pdf|word|rtf|opendocument\.text|presentation|powerpoint/, 'i-lucide-file-text'],
  [/sheet|excel|csv/, 'i-lucide-file-spreadsheet'],
  [/json/, 'i-lucide-file-json'],
  [/zip|tar|compressed/, 'i-lucide-file-archive'],
  [/vtt|subrip/, 'i-lucide-captions'],
  [/^text\//, 'i-lucide-file-text'],
]
const names: [RegExp, string][] = [
  [/pdf/, 'PDF'],
  [/wordprocessingml|msword/, 'Word'],
  [/spreadsheetml|excel/, 'Excel'],
  [/presentationml|powerpoint/, 'PowerPoint'],
  [/csv/, 'CSV'],
  [/vtt/, 'WebVTT'],
  [/subrip/, 'SubRip'],
  [/json/, 'JSON'],
  [/html/, 'HTML'],
  [/markdown/, 'Markdown'],
  [/rfc822/, 'E-mail'],
  [/^text\//, 'Text'],
]

export const fileIcon = (mediaType: string) =>
  icons.find(([pattern]) => pattern.test(mediaType))?.[1] ?? 'i-lucide-file'

/** What people call a media type: `PDF`, `Word`, `JPEG`. */
export function typeName(mediaType: string): string {
  const known = names.find(([pattern]) => pattern.test(mediaType))?.[1]
  return known ?? (mediaType.split('/')[1] ?? mediaType).replace(/^x-/, '').toUpperCase()
}
