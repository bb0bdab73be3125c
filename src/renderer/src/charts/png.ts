/** A picture of vectors as one of pixels, twice as fine as the screen's own. */
const SCALE = 2

/** @throws Error when it cannot be drawn */
export async function pngOf(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = new OffscreenCanvas(image.naturalWidth * SCALE, image.naturalHeight * SCALE)
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('there is no canvas to draw on')
    context.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await canvas.convertToBlob({ type: 'image/png' })
  } finally {
    URL.revokeObjectURL(url)
  }
}
