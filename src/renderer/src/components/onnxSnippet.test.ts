import { describe, expect, it } from 'vitest'
import { columnWith } from '../state/testing'
import { onnxSnippet, pythonNumber, pythonString, snippetInput } from './onnxSnippet'

describe('onnxSnippet', () => {
  const inputs = [
    { name: 'bill "length"', type: 'float32', example: '39.1' },
    { name: 'île', type: 'string', example: 'Biscoe\n' }
  ] as const

  it('names these columns with their types', () => {
    const text = onnxSnippet('p.onnx', inputs, { task: 'multi-class', targets: 1, steps: 1 })
    expect(text).toContain('"bill \\"length\\"": np.array([[39.1]], np.float32),')
    expect(text).toContain('"île": np.array([["Biscoe\\n"]], object),')
    expect(text).toContain('prediction, probabilities = session.run(["prediction", "probabilities"], row)')
  })

  it('asks for one output in regression and says how many columns it left out', () => {
    const text = onnxSnippet('p.onnx', inputs, { task: 'regression', targets: 1, steps: 1 }, 1)
    expect(text).toContain('(prediction,) = session.run(["prediction"], row)')
    expect(text).toContain('# … and 1 more columns')
  })

  it('names several targets, labels with their probability', () => {
    const values = onnxSnippet('p.onnx', inputs, { task: 'regression', targets: 3, steps: 1 })
    expect(values.split('\n')[0]).toBe('import json')
    expect(values).toMatch(
      /\(prediction,\) = .*\ntargets = json\.loads.*"targets".*\nprint\(dict\(zip\(targets, prediction\[0\]\)\)\)$/
    )
    const labels = onnxSnippet('p.onnx', inputs, { task: 'multi-label', targets: 2, steps: 1 })
    expect(labels).toMatch(/print\(dict\(zip\(targets, zip\(prediction\[0\], probabilities\[0\]\)\)\)\)$/)
  })

  it('asks for whole windows, and for moments in milliseconds', () => {
    const text = onnxSnippet(
      'w.onnx',
      [
        { name: 'co2', type: 'float32', example: '355.3' },
        { name: 'day', type: 'float64', example: '1700000000000' }
      ],
      { task: 'regression', targets: 1, steps: 24 }
    )
    expect(text).toContain('row = {  # of each column the last 24 values, the oldest first')
    expect(text).toContain('"co2": np.full((1, 24), 355.3, np.float32),')
    expect(text).toContain('"day": np.full((1, 24), 1700000000000, np.float64),  # milliseconds')
  })

  it('takes columns as the kind that they become', () => {
    const column = columnWith('a', { mean: 2.5, quartiles: [1, 2, 3] })
    expect(snippetInput(column, 'number', [])).toEqual({ name: 'a', type: 'float32', example: '2.5' })
    expect(snippetInput(column, 'category', [])).toEqual({ name: 'a', type: 'string', example: '2' })
    expect(snippetInput(column, 'date', [])).toEqual({ name: 'a', type: 'float64', example: '3' })
  })

  it('writes what is no number as NaN', () => {
    expect(pythonNumber(null)).toBe('np.nan')
    expect(pythonNumber(' ')).toBe('np.nan')
    expect(pythonNumber('-1e-3')).toBe('-0.001')
    expect(pythonString('a\\b')).toBe('"a\\\\b"')
  })

  it('shows an image as pixels', () => {
    const text = onnxSnippet('m.onnx', [{ name: 'image', type: 'uint8', shape: [1, 28, 28] }], {
      task: 'multi-class',
      targets: 1,
      steps: 1
    })
    expect(text).toContain('"image": np.zeros((1, 1, 28, 28), np.uint8),  # pixels from 0 to 255')
  })
})
