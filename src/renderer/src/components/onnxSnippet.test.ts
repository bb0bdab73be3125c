import { describe, expect, it } from 'vitest'
import { onnxSnippet, pythonNumber, pythonString } from './onnxSnippet'

describe('onnxSnippet', () => {
  const inputs = [
    { name: 'bill "length"', type: 'float32', example: '39.1' },
    { name: 'île', type: 'string', example: 'Biscoe\n' }
  ] as const

  it('names these columns with their types', () => {
    const text = onnxSnippet('p.onnx', inputs, { task: 'multi-class', targets: 1 })
    expect(text).toContain('"bill \\"length\\"": np.array([[39.1]], np.float32),')
    expect(text).toContain('"île": np.array([["Biscoe\\n"]], object),')
    expect(text).toContain('prediction, probabilities = session.run(["prediction", "probabilities"], row)')
  })

  it('asks for one output in regression and says how many columns it left out', () => {
    const text = onnxSnippet('p.onnx', inputs, { task: 'regression', targets: 1 }, 1)
    expect(text).toContain('(prediction,) = session.run(["prediction"], row)')
    expect(text).toContain('# … and 1 more columns')
  })

  it('names several targets, labels with their probability', () => {
    const values = onnxSnippet('p.onnx', inputs, { task: 'regression', targets: 3 })
    expect(values.split('\n')[0]).toBe('import json')
    expect(values).toMatch(
      /\(prediction,\) = .*\ntargets = json\.loads.*"targets".*\nprint\(dict\(zip\(targets, prediction\[0\]\)\)\)$/
    )
    const labels = onnxSnippet('p.onnx', inputs, { task: 'multi-label', targets: 2 })
    expect(labels).toMatch(/print\(dict\(zip\(targets, zip\(prediction\[0\], probabilities\[0\]\)\)\)\)$/)
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
      targets: 1
    })
    expect(text).toContain('"image": np.zeros((1, 1, 28, 28), np.uint8),  # pixels from 0 to 255')
  })
})
