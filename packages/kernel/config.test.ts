import { describe, expect, it } from 'vitest'
import { ConfigError, parseConfig } from './config.ts'

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(parseConfig({})).toMatchObject({
      GUILDHALL_PORT: 4100,
      GUILDHALL_HOST: '127.0.0.1',
      publicUrl: 'http://127.0.0.1:4100',
    })
  })
  it('names the variable, what was read and what is allowed', () => {
    expect(() => parseConfig({ GUILDHALL_PORT: 'eighty' })).toThrow(
      /GUILDHALL_PORT is "eighty".*Port of the HTTP server/,
    )
    expect(() => parseConfig({ DATABASE_URL: 'mysql://x' })).toThrow(ConfigError)
  })
  it('does not repeat a secret in its message', () => {
    expect(() => parseConfig({ GUILDHALL_INIT_API_KEY: 'my-real-key' })).toThrow('(hidden)')
    expect(() => parseConfig({ GUILDHALL_INIT_API_KEY: 'my-real-key' })).not.toThrow('my-real-key')
  })
  it('refuses a variable with a typing mistake instead of ignoring it', () => {
    expect(() => parseConfig({ GUILDHALL_PROT: '80' })).toThrow('GUILDHALL_PROT is not a variable')
  })
  it('takes ranges of proxies, and stops at an entry that is none, by its name', () => {
    expect(() => parseConfig({ GUILDHALL_TRUSTED_PROXIES: '10.0.0.0/8, ::1' })).not.toThrow()
    expect(() => parseConfig({ GUILDHALL_TRUSTED_PROXIES: '10.0.0.1,proxy.example' })).toThrow(
      /GUILDHALL_TRUSTED_PROXIES is .*proxy\.example is neither an IP address nor a range/,
    )
  })
  it('takes several session secrets, none of them short, and repeats none in its message', () => {
    const secret = 'a'.repeat(32)
    expect(() => parseConfig({ GUILDHALL_AUTH_SECRET: `${secret}, ${'b'.repeat(32)}` })).not.toThrow()
    for (const wrong of [`${secret},short`, `${secret},`, 'short']) {
      expect(() => parseConfig({ GUILDHALL_AUTH_SECRET: wrong })).toThrow(
        /GUILDHALL_AUTH_SECRET is \(hidden\): each of/,
      )
    }
  })
  it('treats an empty value as not given', () => {
    expect(parseConfig({ DATABASE_URL: '' }).DATABASE_URL).toBeUndefined()
  })
})
