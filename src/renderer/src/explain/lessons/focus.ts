/** Where the focus goes when what had it has left the page. */
import type { Attachment } from 'svelte/attachments'

/** Takes the focus if nothing has it: never away from something that is still there. */
export const focusIfLost: Attachment<HTMLElement> = (element) => {
  if (document.activeElement === null || document.activeElement === document.body) element.focus()
}
