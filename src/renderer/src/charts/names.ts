/** A name that every file system takes. */
export function fileNameOf(text: string): string {
  const plain = text.replaceAll(/[^\p{L}\p{N} ._()-]/gu, ' ')
  return (
    plain
      .replaceAll(/\s+/g, ' ')
      .replace(/^[ .]+/, '')
      .slice(0, 120)
      .replace(/[ .]+$/, '') || 'chart'
  )
}
