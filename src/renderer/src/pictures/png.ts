/** A canvas as a PNG file. */
export function pngOf(canvas: HTMLCanvasElement | undefined): Promise<Blob> {
  return new Promise((resolve, reject) => {
    if (canvas === undefined) reject(new Error('the picture is not drawn now'))
    else
      canvas.toBlob((blob) => (blob === null ? reject(new Error('the picture is empty')) : resolve(blob)), 'image/png')
  })
}
