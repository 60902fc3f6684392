/** What a control means, as a colour of the theme. */
export type Tone = 'primary' | 'success' | 'info' | 'warning' | 'error' | 'neutral'

export type ButtonLook = 'solid' | 'outline' | 'soft' | 'ghost' | 'link'

/** What an action of an alert or a message needs of a button. */
export interface ButtonAction {
  label: string
  icon?: string
  color?: Tone
  variant?: ButtonLook
  to?: string
  onClick?: (event: MouseEvent) => void
}
