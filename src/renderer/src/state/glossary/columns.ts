/** How single columns are prepared, and how rows are parted. A choice is looked up by its name and that of its setting. */
import type { Entry } from './term'

export const columns: readonly Entry[] = [
  [
    'association',
    {
      title: 'How much it tells of the target',
      text: 'How far this column alone goes together with the target, from 0 (not at all) to 1 (it says all), over training rows. A column that tells nothing alone may still help beside others; one near 1 may be the answer in disguise.'
    }
  ],
  [
    'before and after',
    {
      title: 'Before and after',
      text: 'Cells of training rows as they stand in the file, and the numbers that the network sees for them. Means, ranges and categories are taken from the training rows alone, so rows kept back stay unknown.'
    }
  ],
  [
    'column role',
    {
      title: 'Role',
      text: 'What the column is for: a feature that the network sees, a target that it predicts, ignored, a weight that says how much each row counts while training, or a group whose rows stay together when they are parted. A column has one role.'
    }
  ],
  [
    'column type',
    {
      title: 'Type',
      text: 'What the values are, which decides how they become numbers. It is worked out from all cells; say otherwise where it is wrong, for example for codes that look like numbers.'
    }
  ],
  [
    'encoding',
    { title: 'Encoding', text: 'How values that are no numbers become numbers, which is all that a network can see.' }
  ],
  [
    'category encoding',
    {
      title: 'One-hot',
      text: 'One input for each of the values: 1 for the value in the row, 0 for the others. A value never seen in training gives 0 everywhere.'
    }
  ],
  [
    'embedding encoding',
    {
      title: 'Embedding',
      text: 'The network learns a few numbers for each of the values, and values that act alike come to have numbers that are alike. It suits columns with many values, such as places or products. A value never seen in training counts as nothing.',
      formula: 'y = W[value]'
    }
  ],
  [
    'embedding size',
    {
      title: 'Vector length',
      text: 'How many numbers the network learns for each value. More can tell more about it, and need more rows to be learned. Unless you say otherwise it follows from the number of values, by a rule of thumb of fastai.',
      formula: 'd = round(1.6 · values^0.56), at most 64'
    }
  ],
  [
    'ordinal encoding',
    {
      title: 'Ordinal',
      text: 'One input: the rank of the value among the sorted ones, standardised. It suits values that have an order, such as low, medium and high; others get an order that means nothing.'
    }
  ],
  [
    'boolean encoding',
    { title: '1 or 0', text: 'One input: 1 for yes or true, 0 for no or false, ½ where it is neither.' }
  ],
  [
    'words encoding',
    {
      title: 'Words',
      text: 'One input for each word that enough training rows have: 1 where the text has it. The order of the words is lost.'
    }
  ],
  [
    'date encoding',
    {
      title: 'Date parts',
      text: 'The year, standardised, and month, day, weekday and hour as points on a circle, so that December stands beside January.',
      formula: 'sin(2π · month / 12), cos(2π · month / 12)'
    }
  ],
  [
    'scaling',
    {
      title: 'Scaling',
      text: 'Brings columns of different sizes to one size, as networks learn slowly from numbers that are very large or very unequal.'
    }
  ],
  [
    'standard scaling',
    {
      title: 'Standard',
      text: 'Shifted and scaled so that the training rows have mean 0 and spread 1.',
      formula: 'z = (x − mean) / std'
    }
  ],
  [
    'min-max scaling',
    {
      title: 'Min–max',
      text: 'The least training value becomes 0 and the largest 1. One outlier presses all others together.',
      formula: 'z = (x − min) / (max − min)'
    }
  ],
  [
    'robust scaling',
    {
      title: 'Robust',
      text: 'By the median and the quartiles, which a few wild values do not move.',
      formula: 'z = (x − median) / (Q3 − Q1)'
    }
  ],
  [
    'log1p scaling',
    {
      title: 'Logarithm',
      text: 'For amounts that differ by factors, such as prices or populations: the logarithm first, then standardised. It needs numbers from 0 up.',
      formula: 'z = (log(1 + x) − mean) / std'
    }
  ],
  ['none scaling', { title: 'None', text: 'The number as it stands in the file, rounded to float32.' }],
  [
    ['missing strategy', 'missing values'],
    {
      title: 'Missing values',
      text: 'What stands in for a cell without a value. It is worked out from the training rows and applied alike to every row that comes after.'
    }
  ],
  ['median missing strategy', { title: 'Median', text: 'The middle value of the training rows.' }],
  ['mean missing strategy', { title: 'Mean', text: 'The average of the training rows.' }],
  ['most-frequent missing strategy', { title: 'Most frequent', text: 'The value that most training rows have.' }],
  ['constant missing strategy', { title: 'Constant', text: 'A value that you choose.' }],
  [
    'drop-row missing strategy',
    {
      title: 'Leave out the row',
      text: 'Rows without a value are neither trained on nor judged by, and cannot be predicted later.'
    }
  ],
  [
    'none missing strategy',
    {
      title: 'Nothing',
      text: 'Nothing stands in: all inputs of the column are 0, and an indicator, if there is one, tells of it.'
    }
  ],
  [
    'missing indicator',
    {
      title: 'Missing indicator',
      text: 'One more input that is 1 where the value is missing and 0 elsewhere. It helps where a gap itself means something.'
    }
  ],
  ['fill constant', { title: 'Constant', text: 'Stands in for every missing value of this column.' }],
  [
    ['split', 'way of splitting'],
    {
      title: 'Way of splitting',
      text: 'Which rows are kept back for validation and test. They should be as different from the training rows as the rows that the network will meet later.'
    }
  ],
  ['auto split', { title: 'Automatic', text: 'Stratified for classes, random for values.' }],
  ['random split', { title: 'Random', text: 'Each row is as likely to be kept back as any other.' }],
  [
    'stratified split',
    {
      title: 'Stratified',
      text: 'Drawn at random within each class, so that every part has the classes in the same shares.'
    }
  ],
  [
    'grouped split',
    {
      title: 'Grouped',
      text: 'Rows of one group, such as one patient, are all in the same part. Otherwise the network is judged by groups that it already knows.'
    }
  ],
  [
    'ordered split',
    {
      title: 'In order',
      text: 'The last rows are kept back, as when the past is to predict the future. Drawn at random, neighbours in time would give the answer away.'
    }
  ],
  [
    'split column',
    {
      title: 'Column of the split',
      text: 'The column that says which rows belong together, or in which order they come.'
    }
  ]
]
