/** What is selected, kept while other stages are shown. */
export const selection = $state<{
  /** The layer in the inspector of the Model stage; null for none that was chosen. */
  layer: string | null
  /** The column in the inspector of the Data stage, by its name. */
  column: string | null
}>({ layer: null, column: null })
