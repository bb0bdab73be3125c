/**
 * The words of the studio, each in two plain sentences and, where one says more, a formula. Shown by the "?"
 * beside the word.
 */
export interface Term {
  readonly title: string
  readonly text: string
  readonly formula?: string
}

const terms: readonly (readonly [string, Term])[] = [
  [
    'target',
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
    'feature',
    {
      title: 'Feature',
      text: 'One number that the network sees of each row. A column of numbers gives one feature, a column of text one for each of its values.'
    }
  ],
  [
    'missing values',
    {
      title: 'Missing values',
      text: 'Cells without a value. Numbers are filled with the median of the training rows and text with the most frequent value, so no row is lost.'
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
    'validation',
    {
      title: 'Validation share',
      text: 'Share of the rows that the network never trains on. They show how well it does on rows it has not seen; when training gets better and validation worse, it is learning by heart.'
    }
  ],
  [
    'dense',
    {
      title: 'Dense layer',
      text: 'Every unit takes all numbers of the layer before, each times its own weight, adds a bias and passes the sum through the activation. More units can follow finer patterns and need more data.',
      formula: 'a = f(W·x + b·1)'
    }
  ],
  [
    'units',
    {
      title: 'Units',
      text: 'How many numbers the layer passes on. Each unit learns its own mixture of what comes in.'
    }
  ],
  [
    'activation',
    {
      title: 'Activation',
      text: 'The bend after the weighted sum. Without one, any stack of layers could only draw straight lines.',
      formula: 'a = f(z)'
    }
  ],
  [
    'relu',
    {
      title: 'ReLU',
      text: 'Passes positive sums on and turns negative ones into 0. Fast and a good first choice for hidden layers.',
      formula: 'f(z) = max(0, z)'
    }
  ],
  [
    'tanh',
    {
      title: 'Tanh',
      text: 'Squeezes any sum smoothly into −1 to 1. Steady in small networks; very large sums stop learning.',
      formula: 'f(z) = tanh(z)'
    }
  ],
  [
    'sigmoid',
    {
      title: 'Sigmoid',
      text: 'Squeezes any sum smoothly into 0 to 1, like a probability. In hidden layers it learns slowly.',
      formula: 'f(z) = 1 / (1 + e⁻ᶻ)'
    }
  ],
  [
    'leaky-relu',
    {
      title: 'Leaky ReLU',
      text: 'Like ReLU, but lets a hundredth of negative sums through. No unit can then fall silent for good.',
      formula: 'f(z) = z if z > 0, else 0.01·z'
    }
  ],
  [
    'elu',
    {
      title: 'ELU',
      text: 'Like ReLU above 0, and bends smoothly towards −1 below. Outputs are centred nearer to 0.',
      formula: 'f(z) = z if z > 0, else eᶻ − 1'
    }
  ],
  [
    'selu',
    {
      title: 'SELU',
      text: 'A scaled ELU whose outputs keep mean 0 and spread 1 from layer to layer. Made for deep stacks of dense layers with LeCun first weights.',
      formula: 'f(z) = 1.05·z if z > 0, else 1.76·(eᶻ − 1)'
    }
  ],
  [
    'gelu',
    {
      title: 'GELU',
      text: 'Passes each sum on in proportion to how large it is among normal ones. A smooth ReLU, common in large networks.',
      formula: 'f(z) = z·Φ(z)'
    }
  ],
  [
    'silu',
    {
      title: 'SiLU',
      text: 'The sum times its own sigmoid: a smooth ReLU that dips a little below 0. Also called swish.',
      formula: 'f(z) = z·σ(z)'
    }
  ],
  [
    'softplus',
    {
      title: 'Softplus',
      text: 'A ReLU without a kink: always above 0 and smooth everywhere.',
      formula: 'f(z) = log(1 + eᶻ)'
    }
  ],
  [
    'softmax',
    {
      title: 'Softmax',
      text: 'Turns the sums of a layer into shares that add up to 1: the largest takes most. In hidden layers it makes units compete.',
      formula: 'f(z)[k] = eᶻ[k] / Σ eᶻ'
    }
  ],
  [
    'identity',
    {
      title: 'Identity',
      text: 'Passes the sum on as it is, so the layer stays linear. Right for outputs that are plain numbers.',
      formula: 'f(z) = z'
    }
  ],
  [
    'parameters',
    {
      title: 'Parameters',
      text: 'The numbers that training changes: weights and biases. A bias is the weight of an input that is always 1.'
    }
  ],
  [
    'multiply-adds',
    {
      title: 'Multiply-adds',
      text: 'Multiplications with an addition that the layer makes for one row. They tell what the layer costs in time.'
    }
  ],
  [
    'loss',
    {
      title: 'Loss',
      text: 'One number for how wrong the network is; training makes it smaller. Training loss is over the rows it learns from, validation loss over rows it has never seen.'
    }
  ],
  [
    'squared',
    {
      title: 'Squared error',
      text: 'The mean of the squared differences between prediction and truth. One large miss costs more than many small ones.',
      formula: 'L = mean (ŷ − y)²'
    }
  ],
  [
    'log',
    {
      title: 'Log loss',
      text: 'For two classes: how surprised the network is by the true one. Sure and wrong costs most.',
      formula: 'L = −mean (y·log p + (1 − y)·log(1 − p))'
    }
  ],
  [
    'cross-entropy',
    {
      title: 'Cross-entropy',
      text: 'For several classes: how little probability the network gives to the true one. Sure and wrong costs most.',
      formula: 'L = −mean log p(true class)'
    }
  ],
  [
    'absolute',
    {
      title: 'Absolute error',
      text: 'The mean distance between prediction and truth. A few wild rows weigh less than with the squared error.',
      formula: 'L = mean |ŷ − y|'
    }
  ],
  [
    'huber',
    {
      title: 'Huber loss',
      text: 'Squared for small misses, straight for those beyond one standard deviation of the target. Wild rows then do not rule the fit.',
      formula: 'L = mean (0.5·e² if |e| ≤ 1, else |e| − 0.5),  e = ŷ − y'
    }
  ],
  [
    'hinge',
    {
      title: 'Hinge loss',
      text: 'Asks only that the right class leads by a margin of 1; a larger lead earns nothing. The shares it shows for classes are no true probabilities.',
      formula: 'L = mean max(0, 1 − lead)'
    }
  ],
  [
    'optimizer',
    {
      title: 'Optimizer',
      text: 'The rule by which the weights follow the gradient downhill, once for every batch.'
    }
  ],
  [
    'sgd',
    {
      title: 'SGD',
      text: 'Stochastic gradient descent: each step moves every weight a little against its gradient, measured on one batch.',
      formula: 'w ← w − η·v'
    }
  ],
  [
    'adam',
    {
      title: 'Adam',
      text: 'Gives every weight a step size of its own, from the mean and the typical size of its recent gradients. Works well with little tuning.',
      formula: 'w ← w − η·m̂ / (√v̂ + ε)'
    }
  ],
  [
    'adamw',
    {
      title: 'AdamW',
      text: 'Adam with weight decay apart from the gradient: every weight shrinks by the same share at each step.',
      formula: 'w ← (1 − η·λ)·w − η·m̂ / (√v̂ + ε)'
    }
  ],
  [
    'rmsprop',
    {
      title: 'RMSprop',
      text: 'Divides each gradient by its typical recent size, so that all weights move at a similar pace.',
      formula: 'w ← w − η·g / (√s + ε)'
    }
  ],
  [
    'adagrad',
    {
      title: 'Adagrad',
      text: 'Divides each gradient by the size of all gradients so far. Weights that moved much move less and less.',
      formula: 'w ← w − η·g / (√Σg² + ε)'
    }
  ],
  [
    'lion',
    {
      title: 'Lion',
      text: 'Moves every weight by the same amount against the sign of its smoothed gradient. It wants a smaller learning rate than Adam.',
      formula: 'w ← w − η·sign(c)'
    }
  ],
  [
    'weightDecay',
    {
      title: 'Weight decay',
      text: 'Pulls every weight a little towards 0 at each step. The network stays smoother and learns less by heart.'
    }
  ],
  [
    'learningRate',
    {
      title: 'Learning rate',
      text: 'How far one step goes. Too small learns slowly; too large overshoots and the loss grows.',
      formula: 'w ← w − η·v'
    }
  ],
  [
    'momentum',
    {
      title: 'Momentum',
      text: 'How much of the last step is carried into the next, as a rolling ball keeps its speed. 0 turns it off; 0.9 is common.',
      formula: 'v ← μ·v + ∂L/∂w'
    }
  ],
  [
    'batchSize',
    {
      title: 'Batch size',
      text: 'Rows in one step of the descent. Smaller batches step more often and more noisily.'
    }
  ],
  [
    'epochs',
    {
      title: 'Epochs',
      text: 'Passes over all training rows. Stop any time and keep what was learned.'
    }
  ],
  [
    'step',
    {
      title: 'Step',
      text: 'One update of all weights, made from one batch of rows.'
    }
  ],
  [
    'seed',
    {
      title: 'Seed',
      text: 'Start of every random choice: the split, the first weights, the order of the rows. The same seed gives the same run, number for number.'
    }
  ],
  [
    'smoothing',
    {
      title: 'Smoothing',
      text: 'Draws a running average so that the trend shows; the faint line behind it is what was measured. Tables, legends and tooltips always give the measured values.',
      formula: 's ← β·s + (1 − β)·x'
    }
  ],
  [
    'accuracy',
    {
      title: 'Accuracy',
      text: 'Share of the rows whose class is predicted right. When one class is much more frequent than the others, look at the confusion matrix as well.',
      formula: 'right rows / all rows'
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
    'r2',
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
    'gradient',
    {
      title: 'Gradient',
      text: 'For every weight, how much the loss would change if the weight grew a little. Backpropagation finds all of them in one pass from the output to the input.',
      formula: '∂L/∂w'
    }
  ],
  [
    'onnx',
    {
      title: 'ONNX',
      text: 'An open file format for trained models, run by many languages and devices. The file takes your raw columns: filling, encoding and standardisation are inside it.'
    }
  ]
]

/** Other spellings under which a word is looked up: labels as people read them, keys as the code has them. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['learning rate', 'learningrate'],
  ['batch size', 'batchsize'],
  ['weight decay', 'weightdecay'],
  ['epoch', 'epochs'],
  ['validation share', 'validation'],
  ['target column', 'target'],
  ['features', 'feature'],
  ['r²', 'r2'],
  ['squared error', 'squared'],
  ['log loss', 'log'],
  ['backpropagation', 'gradient']
])

const byKey: ReadonlyMap<string, Term> = new Map(terms.map(([key, term]) => [key.toLowerCase(), term]))

/** The entry of a word, in any case, by its key or its label; undefined when the glossary has none. */
export function lookUp(word: string): Term | undefined {
  const key = word.trim().toLowerCase()
  return byKey.get(aliases.get(key) ?? key)
}

export const glossaryWords: readonly string[] = terms.map(([key]) => key)
