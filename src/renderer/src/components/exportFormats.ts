/** The formats a network can be taken away in, as the window offers them: one entry per format. */

export interface ExportFormat {
  /** As the trainer knows it. */
  readonly format: string
  readonly label: string
  /** Ending of the file. */
  readonly extension: string
  /** Where such a file runs, in one sentence. */
  readonly use: string
  /** What is inside. */
  readonly inside: readonly string[]
}

export const exportFormats: readonly ExportFormat[] = [
  {
    format: 'onnx',
    label: 'ONNX',
    extension: '.onnx',
    use: 'Runs wherever ONNX Runtime does: Python, C#, Java, the browser, phones.',
    inside: [
      'takes the columns as they are in your file',
      'fills gaps, standardises numbers, encodes text',
      'the network and its trained weights',
      'answers with class names or values in their own units'
    ]
  }
]
