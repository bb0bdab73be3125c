/** Why a metric may mislead: what it does not see, and what to look at beside it. By the names of the registry, and `loss`. */
const notes: ReadonlyMap<string, string> = new Map([
  [
    'accuracy',
    'Where one class is far more frequent than the others, always answering it is right most of the time as well, and rare classes count for next to nothing. Nor does it tell which mistakes are made or how sure the answers are: look at the confusion matrix and at log loss.'
  ],
  [
    'exact-match',
    'A row with one wrong label of many counts as wrong as one with none right, so with many labels it is low even where most labels are found. Look at the labels one by one.'
  ],
  [
    'f1',
    'It weighs finding a class and not raising false alarms alike, which is rarely what a mistake costs. Every class counts the same, so a class with five rows moves it as much as one with five hundred.'
  ],
  [
    'precision',
    'A network that takes only the one row for a class that it is surest of has full precision and misses all others: read it with recall. A class with few rows changes it by leaps.'
  ],
  ['recall', 'Taking every row for a class finds all of its rows: full recall, and useless. Read it with precision.'],
  [
    'roc-auc',
    'It judges only the order of the rows, so probabilities that are all far too high or too low do not show in it. Where the second class is rare it stays high though most of the rows taken for that class are not of it.'
  ],
  [
    'top-3-accuracy',
    'With few classes three guesses hit by chance: of four classes, three times in four. It forgives what a person would see as a mistake.'
  ],
  [
    'log-loss',
    'A single row that is answered wrongly and very surely can outweigh many good ones. It has no upper end, and its size hangs on the number of classes: guessing among K gives ln K.'
  ],
  [
    'mae',
    'A few very large misses hide in it, since a miss of 10 counts as much as ten misses of 1. It says nothing of the direction: always too high looks the same as too high and too low.'
  ],
  [
    'rmse',
    'One row that is far off, a typing error in the table for example, can decide it. It is never below the mean absolute error; the further above, the more uneven the misses are.'
  ],
  [
    'r2',
    'It measures against always answering the mean of these very rows, so the same misses give a better figure where the true values vary more. On few rows it swings widely, and below 0 it has no end.'
  ],
  [
    'mape',
    'Rows with small true values dominate it, and those with 0 are left out. Answers that are too low can miss by at most 100 %, those too high by any amount, so it favours low answers.'
  ],
  [
    'loss',
    'It is what training makes smaller, not what you want to know: it is no share and has no unit, and a lower loss may go with worse accuracy. Losses of different kinds cannot be compared with each other.'
  ]
])

/** @returns undefined for a metric that nothing is said of */
export function whyItMayMislead(name: string): string | undefined {
  return notes.get(name)
}
