/** What is predicted, and what the network sees of the data. */
import type { Entry } from './term'

export const data: readonly Entry[] = [
  [
    ['target', 'target column'],
    {
      title: 'Target column',
      text: 'The column that the network learns to predict. All other columns are what it may look at to do so. Several numbers can be predicted together, and several labels of two classes each.'
    }
  ],
  [
    'task',
    {
      title: 'Task',
      text: 'What kind of answer is wanted: a number (regression), one of two classes (binary), one of several (multi-class), or yes or no for each of several labels (multi-label). The loss and the output layer follow from it.'
    }
  ],
  [
    ['feature', 'features'],
    {
      title: 'Feature',
      text: 'One number that the network sees of each row. A column of numbers gives one feature, a column of text one for each of its values.'
    }
  ],
  [
    'standardisation',
    {
      title: 'Standardisation',
      text: 'Every number is shifted and scaled so that the training rows have mean 0 and spread 1. Columns measured in grams and in metres then weigh alike.',
      formula: 'z = (x − mean) / std'
    }
  ],
  [
    'one-hot',
    {
      title: 'One-hot encoding',
      text: 'A text column becomes one feature for each of its values: 1 for the value in the row, 0 for the others. A value never seen in training gives 0 everywhere.'
    }
  ],
  [
    ['validation', 'validation share'],
    {
      title: 'Validation share',
      text: 'Share of the rows that the network never trains on. They show how well it does on rows it has not seen; when training gets better and validation worse, it is learning by heart.'
    }
  ],
  [
    'window',
    {
      title: 'Rows and windows',
      text: 'Each row for itself: what is predicted follows from the same row. Windows: rows that follow one another in time are one input, so the network can tell what comes next from what was before. Later rows never tell of earlier ones: the last windows are kept back to judge it.'
    }
  ],
  [
    'window steps',
    {
      title: 'Rows looked at',
      text: 'How many rows, the newest last, the network sees for one prediction. More show longer patterns, and give it more numbers to learn from.'
    }
  ],
  [
    'window horizon',
    {
      title: 'Rows ahead',
      text: 'How many of the next rows are predicted: their targets, from the rows before them, the past of the targets among them. 0 tells the target of the last row in the window, which the network is not shown then.'
    }
  ],
  [
    'window time',
    {
      title: 'In order of',
      text: 'The column that says when each row was: dates or numbers. Windows count rows, whatever the time between them.'
    }
  ],
  [
    'window series',
    {
      title: 'Series by',
      text: 'The column that tells apart what runs side by side, such as shops or sensors. No window reaches from one into another.'
    }
  ]
]
