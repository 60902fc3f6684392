import type { FunctionalComponent } from 'vue'
import { iconElement } from '@/frame/bundled-icons'

/** An icon of the bundled set, `i-lucide-plus`. A page has a hundred of them, so it is one element and no instance. */
const PlainIcon: FunctionalComponent<{ name: string }> = ({ name }) => iconElement(name.replace(/^i-/, ''))
PlainIcon.props = ['name']

export default PlainIcon
