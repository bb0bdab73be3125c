/** How well a network does. */
import type { Entry } from './term'

export const metrics: readonly Entry[] = [
  [
    'accuracy',
    {
      title: 'Accuracy',
      text: 'Share of the rows whose class is predicted right. When one class is much more frequent than the others, look at the confusion matrix as well.',
      formula: 'right rows / all rows'
    }
  ],
  [
    'exact-match',
    {
      title: 'Exact match',
      text: 'Share of the rows with every label right. A single wrong label makes a row count as wrong, so it is never above the accuracy of the labels.',
      formula: 'rows with every label right / all rows'
    }
  ],
  [
    'f1',
    {
      title: 'F1',
      text: 'Precision and recall in one figure, which is high only when both are. The mean over all classes, each counting alike.',
      formula: '2 · precision · recall / (precision + recall)'
    }
  ],
  [
    'precision',
    {
      title: 'Precision',
      text: 'Of the rows that are taken for a class, the share that belongs there. The mean over all classes, each counting alike.',
      formula: 'right rows / rows taken for the class'
    }
  ],
  [
    'recall',
    {
      title: 'Recall',
      text: 'Of the rows that are of a class, the share that is found. The mean over all classes, each counting alike.',
      formula: 'right rows / rows of the class'
    }
  ],
  [
    'roc-auc',
    {
      title: 'ROC AUC',
      text: 'Takes one row of each class: how often does the second class get the higher probability? 1 is perfect, ½ is chance, and no threshold is needed.'
    }
  ],
  [
    'top-3-accuracy',
    {
      title: 'Top-3 accuracy',
      text: 'Share of the rows whose class is among the three that the network finds most probable.',
      formula: 'rows with the right class in the first 3 / all rows'
    }
  ],
  [
    'log-loss',
    {
      title: 'Log loss',
      text: 'How little probability the right class gets. It judges how sure the answers are, not only which they are.',
      formula: 'mean −log p(right class)'
    }
  ],
  [
    'mae',
    {
      title: 'MAE · mean absolute error',
      text: 'How far predictions are off on average, in the unit of the target column.',
      formula: 'mean |ŷ − y|'
    }
  ],
  [
    'rmse',
    {
      title: 'RMSE · root mean squared error',
      text: 'Like the mean absolute error, but large misses count more. In the unit of the target column.',
      formula: '√ mean (ŷ − y)²'
    }
  ],
  [
    ['r2', 'r²'],
    {
      title: 'R²',
      text: 'Share of the target’s variation that the network explains. 1 is perfect, 0 is no better than always saying the mean.',
      formula: '1 − Σ(ŷ − y)² / Σ(y − mean)²'
    }
  ],
  [
    'mape',
    {
      title: 'MAPE · mean absolute percentage error',
      text: 'How far predictions are off on average, as a share of the true value. Rows whose true value is 0 are left out.',
      formula: 'mean |ŷ − y| / |y|'
    }
  ],
  [
    'confusion matrix',
    {
      title: 'Confusion matrix',
      text: 'Counts validation rows by their actual class (rows) and the predicted one (columns). Right answers stand on the diagonal.'
    }
  ],
  [
    ['support', 'class report'],
    {
      title: 'Rows of a class',
      text: 'How many of these rows are of the class. Figures of a class with few rows say little: one row more or less changes them much.'
    }
  ]
]
