/** Why the operators without a rule have none: reason → operators. A test asks for each operator of ONNX's tests. */
export const reasons: readonly (readonly [reason: string, operators: readonly string[]])[] = [
  [
    'no layer, activation, loss or optimizer of the studio uses it',
    [
      'Acos',
      'Acosh',
      'Asin',
      'Asinh',
      'Atan',
      'Atanh',
      'Ceil',
      'Compress',
      'Cos',
      'Cosh',
      'CumSum',
      'Det',
      'Einsum',
      'Floor',
      'GatherND',
      'IsInf',
      'IsNaN',
      'LRN',
      'Log',
      'MaxUnpool',
      'Mod',
      'ReduceLogSum',
      'ReverseSequence',
      'Round',
      'Scatter',
      'ScatterElements',
      'ScatterND',
      'Sin',
      'Sinh',
      'Tan',
      'Tile',
      'Trilu'
    ]
  ],
  [
    'shapes are known when a graph is built, so there is nothing to compute',
    ['Cast', 'CastLike', 'Constant', 'ConstantOfShape', 'EyeLike', 'Range', 'Shape', 'Size']
  ],
  [
    'it chooses or sorts instead of computing',
    ['ArgMax', 'ArgMin', 'Hardmax', 'NonMaxSuppression', 'NonZero', 'TopK', 'Unique']
  ],
  ['it resamples images', ['GridSample', 'Resize', 'RoiAlign', 'Upsample']],
  ['recurrent networks are not part of the studio', ['GRU', 'LSTM', 'RNN']],
  [
    'graphs have no loops, branches, sequences or optional values',
    ['If', 'Loop', 'OptionalGetElement', 'OptionalHasElement', 'Scan', 'SequenceInsert', 'SequenceMap']
  ],
  [
    'it computes with quantised or whole numbers',
    [
      'BitShift',
      'ConvInteger',
      'DequantizeLinear',
      'DynamicQuantizeLinear',
      'MatMulInteger',
      'QLinearConv',
      'QLinearMatMul',
      'QuantizeLinear'
    ]
  ],
  ['it is signal processing', ['BlackmanWindow', 'DFT', 'HammingWindow', 'HannWindow', 'MelWeightMatrix', 'STFT']],
  ['it reads text', ['StringNormalizer', 'TfIdfVectorizer']],
  ['it draws random numbers of its own', ['Bernoulli']]
]
