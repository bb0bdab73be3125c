/** How charts are drawn, for as long as the window is open. 0.6 is where TensorBoard's users expect to start. */
export const chartPreferences = $state({ smoothing: 0.6 })
