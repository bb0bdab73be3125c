/** What is predicted, and what the network sees of the data. */
import type { Entry } from './term'

export const data: readonly Entry[] = [
  [
    ['target', 'target column'],
    {
      title: 'Target column',
      text: 'The column that the network learns to predict. All other columns are what it may look at to do so.'
    }
  ],
  [
    'task',
    {
      title: 'Task',
      text: 'What kind of answer is wanted: a number (regression), one of two classes (binary) or one of several (multi-class). The loss and the output layer follow from it.'
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
  ]
]
