import type { MailContent } from './content.ts'

export interface RenderedMail {
  text: string
  html: string
}

/**
 * The two parts of a mail. The HTML part is made from the text: nothing of it is ever taken as markup, and the look is
 * the tenant's name and colour. Styles stand on the elements, tables make the layout: that is what mail programs know.
 *
 * @param sender.color CSS hex colour of the tenant; anything else is replaced by a neutral one.
 */
export function renderMail(
  subject: string,
  { text, action }: MailContent,
  sender: { name: string; color?: string | undefined },
): RenderedMail {
  const color = sender.color && /^#[0-9a-f]{6}$/i.test(sender.color) ? sender.color : '#1f2937'
  const paragraphs = text
    .split(/\n{2,}/)
    .map((part) => `<p style="margin:0 0 16px">${escapeHtml(part.trim()).replaceAll('\n', '<br>')}</p>`)
    .join('\n')
  const button = action
    ? `<p style="margin:24px 0"><a href="${escapeHtml(action.url)}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:${color};color:${readableOn(color)};text-decoration:none;font-weight:600">${escapeHtml(action.label)}</a></p>
<p style="margin:0 0 16px;font-size:13px;color:#6b7280">If the button does not work, open this address:<br><a href="${escapeHtml(action.url)}" style="color:#6b7280;word-break:break-all">${escapeHtml(action.url)}</a></p>`
    : ''
  return {
    text: action
      ? `${text}\n\n${action.label}:\n${action.url}\n\n-- \n${sender.name}\n`
      : `${text}\n\n-- \n${sender.name}\n`,
    html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;background:#f3f4f6;font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:16px;line-height:1.5;color:#111827">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:8px;border-top:4px solid ${color}"><tr><td style="padding:32px">
<p style="margin:0 0 24px;font-weight:600">${escapeHtml(sender.name)}</p>
<h1 style="margin:0 0 16px;font-size:20px">${escapeHtml(subject)}</h1>
${paragraphs}
${button}
</td></tr></table>
</td></tr></table>
</body></html>
`,
  }
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** White or near-black, whichever contrasts more (relative luminance, WCAG 2.2). */
function readableOn(hex: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.058 ? '#ffffff' : '#111827'
}
