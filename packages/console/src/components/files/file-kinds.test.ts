import { describe, expect, it } from 'vitest'
import { fileIcon, typeName } from './file-kinds'

describe('types of files', () => {
  it('have the names that people use', () => {
    expect(['application/pdf', 'text/vtt', 'image/jpeg', 'audio/x-wav', 'text/plain'].map(typeName)).toEqual([
      'PDF',
      'WebVTT',
      'JPEG',
      'WAV',
      'Text',
    ])
  })

  it('have an icon, also the unknown ones', () => {
    expect(fileIcon('audio/mpeg')).toBe('i-lucide-file-audio')
    expect(fileIcon('application/octet-stream')).toBe('i-lucide-file')
  })
})
