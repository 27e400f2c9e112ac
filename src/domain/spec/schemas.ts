/** Generated from schemas/ by `npm run schemas`. */
export type SpecKind = 'Policy' | 'Dataset' | 'Model' | 'Deployment' | 'Monitor';

export const SPEC_SCHEMAS: Record<SpecKind, object> = {
  Policy: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://sluice.dev/schemas/v1/policy.json',
    title: 'RawPolicy',
    description:
      'sluice.yaml: who may change what, where it runs and what it may cost. Sluice reads it from the base branch only.',
    type: 'object',
    additionalProperties: false,
    required: ['apiVersion', 'kind'],
    properties: {
      apiVersion: { const: 'sluice/v1', description: 'Version of the grammar.' },
      kind: { const: 'Policy' },
      specs: {
        description:
          'Globs of the files that declare datasets, models, deployments and monitors. Default: models/**/model.yaml, data/*.yaml, deployments/*.yaml, monitors/*.yaml.',
        type: 'array',
        minItems: 1,
        maxItems: 100,
        items: { type: 'string', minLength: 1, maxLength: 300 },
      },
      runners: {
        description: 'Where training and evaluation may run, by name. Default: one runner `local`.',
        type: 'object',
        minProperties: 1,
        maxProperties: 50,
        additionalProperties: { $ref: '#/definitions/runner' },
      },
      artifacts: { $ref: '#/definitions/artifacts' },
      registry: { $ref: '#/definitions/registry' },
      data: {
        description: 'Where data may be read from.',
        type: 'object',
        additionalProperties: false,
        required: ['allow'],
        properties: {
          allow: {
            description:
              'Prefixes of allowed locations: a folder of this repository (data/), a folder below the data root (file:flights/) or a bucket (s3://acme-data/).',
            type: 'array',
            maxItems: 100,
            items: { type: 'string', minLength: 1, maxLength: 300 },
          },
        },
      },
      budget: {
        description: 'Most that training may cost, in the price unit of the runners.',
        type: 'object',
        additionalProperties: false,
        properties: { perPullRequest: { type: 'number', minimum: 0 }, perMonth: { type: 'number', minimum: 0 } },
      },
      owners: {
        description:
          'Who approves: `default`, and globs of paths. The last pattern that matches a path decides. An owner is @login or @org/team.',
        type: 'object',
        maxProperties: 200,
        additionalProperties: {
          type: 'array',
          minItems: 1,
          maxItems: 50,
          items: { type: 'string', minLength: 1, maxLength: 140 },
        },
      },
      approvals: {
        description: 'How many owners must approve.',
        type: 'object',
        additionalProperties: false,
        properties: {
          required: { description: 'Number of approvals. Default 1.', type: 'integer', minimum: 0, maximum: 10 },
          allowAuthor: {
            description: 'Whether the author of a pull request may approve it. Default false.',
            type: 'boolean',
          },
        },
      },
    },
    definitions: {
      runner: {
        type: 'object',
        required: ['type'],
        discriminator: { propertyName: 'type' },
        oneOf: [
          {
            description: 'A process on the machine of the server.',
            type: 'object',
            additionalProperties: false,
            required: ['type'],
            properties: {
              type: { const: 'local' },
              pricePerHour: { $ref: '#/definitions/pricePerHour' },
              maxHours: { $ref: '#/definitions/maxHours' },
              maxConcurrent: { $ref: '#/definitions/maxConcurrent' },
            },
          },
          {
            description: 'A GitHub Actions workflow of this repository.',
            type: 'object',
            additionalProperties: false,
            required: ['type', 'workflow'],
            properties: {
              type: { const: 'actions' },
              workflow: {
                description: 'File name below .github/workflows.',
                type: 'string',
                pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*\\.ya?ml$',
                maxLength: 100,
              },
              runsOn: {
                description: 'Labels of the runner.',
                type: 'array',
                items: { type: 'string', minLength: 1, maxLength: 100 },
              },
              startWithin: {
                description:
                  'How long a job may wait for a runner before the check says so, for example 10m. Default 10m.',
                type: 'string',
              },
              pricePerHour: { $ref: '#/definitions/pricePerHour' },
              maxHours: { $ref: '#/definitions/maxHours' },
              maxConcurrent: { $ref: '#/definitions/maxConcurrent' },
            },
          },
          {
            description: 'A Kubernetes Job.',
            type: 'object',
            additionalProperties: false,
            required: ['type', 'namespace', 'image'],
            properties: {
              type: { const: 'kubernetes' },
              namespace: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 },
              queue: {
                description: 'Kueue queue.',
                type: 'string',
                pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
                maxLength: 63,
              },
              gpu: { description: 'GPUs of a job.', type: 'integer', minimum: 0, maximum: 64 },
              image: { $ref: '#/definitions/image' },
              nodeSelector: {
                description: 'Labels that the node must have.',
                type: 'object',
                maxProperties: 20,
                propertyNames: { type: 'string', pattern: '^[A-Za-z0-9]([A-Za-z0-9._/-]{0,250}[A-Za-z0-9])?$' },
                additionalProperties: { type: 'string', maxLength: 63 },
              },
              tolerations: {
                description: 'Taints that a job tolerates.',
                type: 'array',
                maxItems: 20,
                items: {
                  type: 'object',
                  additionalProperties: false,
                  properties: {
                    key: { type: 'string', pattern: '^[A-Za-z0-9]([A-Za-z0-9._/-]{0,250}[A-Za-z0-9])?$' },
                    operator: { enum: ['Exists', 'Equal'] },
                    value: { type: 'string', maxLength: 63 },
                    effect: { enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
                  },
                },
              },
              volumes: {
                description: 'Claims that are mounted into a job.',
                type: 'array',
                maxItems: 20,
                items: {
                  type: 'object',
                  additionalProperties: false,
                  required: ['claim', 'mountPath'],
                  properties: {
                    claim: {
                      description: 'Name of a PersistentVolumeClaim of the namespace.',
                      type: 'string',
                      pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$',
                      maxLength: 253,
                    },
                    mountPath: { type: 'string', pattern: '^/[^\\u0000-\\u001f:]*$', maxLength: 300 },
                    readOnly: { description: 'Default true.', type: 'boolean' },
                  },
                },
              },
              serviceAccount: {
                description: "Default: the namespace's own, without its token.",
                type: 'string',
                pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$',
                maxLength: 253,
              },
              dataRoot: {
                description: 'Where datasets with a file: location are on that machine.',
                type: 'string',
                pattern: '^/[^\\u0000-\\u001f]*$',
                maxLength: 300,
              },
              pricePerHour: { $ref: '#/definitions/pricePerHour' },
              maxHours: { $ref: '#/definitions/maxHours' },
              maxConcurrent: { $ref: '#/definitions/maxConcurrent' },
            },
          },
          {
            description: 'A job of a Ray cluster.',
            type: 'object',
            additionalProperties: false,
            required: ['type', 'address'],
            properties: {
              type: { const: 'ray' },
              address: {
                description: 'Address of the Ray dashboard.',
                type: 'string',
                pattern: '^https?://',
                maxLength: 300,
              },
              image: { $ref: '#/definitions/image' },
              agent: {
                description: "Program and arguments that run an agent on the cluster's nodes. Default: sluice agent.",
                type: 'array',
                minItems: 1,
                maxItems: 20,
                items: { type: 'string', minLength: 1, maxLength: 300 },
              },
              cpus: { description: 'CPUs of a job. Default 1.', type: 'number', minimum: 0.1, maximum: 1000 },
              dataRoot: {
                description: 'Where datasets with a file: location are on that machine.',
                type: 'string',
                pattern: '^/[^\\u0000-\\u001f]*$',
                maxLength: 300,
              },
              pricePerHour: { $ref: '#/definitions/pricePerHour' },
              maxHours: { $ref: '#/definitions/maxHours' },
              maxConcurrent: { $ref: '#/definitions/maxConcurrent' },
            },
          },
        ],
      },
      pricePerHour: { description: 'Price of one hour. Default 0.', type: 'number', minimum: 0 },
      maxHours: {
        description: 'Longest run that a model may ask for, in hours. Default 24.',
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 720,
      },
      image: {
        description: 'Container image, best with its digest: another image is another training run.',
        type: 'string',
        pattern: '^[a-z0-9][A-Za-z0-9._/:@-]*$',
        maxLength: 300,
      },
      artifacts: {
        description: 'Where trained artifacts are kept. Default: a folder of the server.',
        type: 'object',
        required: ['type'],
        discriminator: { propertyName: 'type' },
        oneOf: [
          {
            type: 'object',
            additionalProperties: false,
            required: ['type'],
            properties: { type: { const: 'folder' } },
          },
          {
            type: 'object',
            additionalProperties: false,
            required: ['type', 'bucket'],
            properties: {
              type: { const: 's3' },
              bucket: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$' },
              prefix: { type: 'string', pattern: '^[A-Za-z0-9._/-]*$', maxLength: 200 },
            },
          },
        ],
      },
      registry: {
        description: 'Where released versions are kept. Default: an OCI layout in a folder of the server.',
        type: 'object',
        required: ['type'],
        discriminator: { propertyName: 'type' },
        oneOf: [
          {
            type: 'object',
            additionalProperties: false,
            required: ['type'],
            properties: { type: { const: 'folder' } },
          },
          {
            type: 'object',
            additionalProperties: false,
            required: ['type', 'repository'],
            properties: {
              type: { const: 'oci' },
              repository: { type: 'string', pattern: '^[a-z0-9][a-z0-9._:/-]*$', maxLength: 255 },
            },
          },
        ],
      },
      maxConcurrent: {
        description: 'Jobs of this repository that may be under way there at once. Default: what the operator allows.',
        type: 'integer',
        minimum: 1,
        maximum: 1000,
      },
    },
  },
  Dataset: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://sluice.dev/schemas/v1/dataset.json',
    title: 'RawDataset',
    description: 'A dataset: where its rows are, which columns they have and how they are split.',
    type: 'object',
    additionalProperties: false,
    required: ['kind', 'name', 'source', 'columns', 'splits'],
    properties: {
      apiVersion: { const: 'sluice/v1', description: 'Version of the grammar.' },
      kind: { const: 'Dataset' },
      name: { $ref: '#/definitions/name' },
      source: {
        description: 'Where the rows are.',
        type: 'object',
        additionalProperties: false,
        required: ['uri'],
        properties: {
          uri: {
            description:
              'A path of this repository (data/rows.csv), a file below the data root (file:flights/flights.parquet) or s3://bucket/key. Must begin with a prefix that the policy allows.',
            type: 'string',
            minLength: 1,
            maxLength: 500,
          },
          format: { description: 'Default: from the ending of the name.', enum: ['parquet', 'csv', 'jsonl'] },
          sha256: {
            description: 'Digest of the content, verified before every run.',
            type: 'string',
            pattern: '^[0-9a-f]{64}$',
          },
        },
      },
      window: {
        description: 'Only rows of this time, from inclusive, to exclusive. /retrain on a drift issue moves it.',
        type: 'object',
        additionalProperties: false,
        required: ['column', 'from', 'to'],
        properties: {
          column: { description: 'A timestamp column.', type: 'string' },
          from: { description: 'ISO date or timestamp, inclusive.', type: 'string' },
          to: { description: 'ISO date or timestamp, exclusive.', type: 'string' },
        },
      },
      columns: {
        description: 'The columns that training and evaluation see.',
        type: 'array',
        minItems: 2,
        maxItems: 2000,
        items: { $ref: '#/definitions/column' },
      },
      splits: {
        description:
          'One boolean SQL expression each over the columns, window_from and window_to. train and holdout must not overlap.',
        type: 'object',
        required: ['train', 'holdout'],
        maxProperties: 20,
        properties: {
          train: { description: 'Rows that the training command gets.', $ref: '#/definitions/expression' },
          holdout: { description: 'Rows that models are judged on.', $ref: '#/definitions/expression' },
        },
        additionalProperties: { $ref: '#/definitions/expression' },
      },
      checks: {
        description: 'What must hold of the data before anything is trained on it.',
        type: 'array',
        maxItems: 100,
        items: { $ref: '#/definitions/check' },
      },
    },
    definitions: {
      name: {
        description: 'Lower-case words joined by - or _, at most 64 characters.',
        type: 'string',
        minLength: 1,
        maxLength: 64,
        pattern: '^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$',
      },
      expression: { description: 'One boolean SQL expression.', type: 'string', minLength: 1, maxLength: 2000 },
      column: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'type'],
        properties: {
          name: {
            description: 'Letters, digits and _, at most 64 characters.',
            type: 'string',
            pattern: '^[A-Za-z][A-Za-z0-9_]*$',
            maxLength: 64,
          },
          type: {
            description: 'tensor: a list of numbers, or lists of lists, of one shape.',
            enum: ['integer', 'float', 'boolean', 'category', 'text', 'timestamp', 'tensor'],
          },
          shape: {
            description: "Shape of one row's tensor, for example [3, 32, 32].",
            type: 'array',
            minItems: 1,
            maxItems: 8,
            items: { type: 'integer', minimum: 1, maximum: 1000000 },
          },
          sql: {
            description: 'SQL expression over the columns of the source. Default: the column of that name.',
            type: 'string',
            minLength: 1,
            maxLength: 2000,
          },
          nullable: { description: 'Default true.', type: 'boolean' },
          min: { description: 'Smallest allowed value.', type: 'number' },
          max: { description: 'Largest allowed value.', type: 'number' },
          maxCategories: {
            description: 'Most distinct values of a category.',
            type: 'integer',
            minimum: 1,
            maximum: 1000000,
          },
          role: {
            description:
              'label: what a model predicts. id: joins predictions to truth. group: rows that belong together. weight: weight of a row.',
            enum: ['label', 'id', 'group', 'weight'],
          },
          pii: { description: 'Personal data: never shown in a report. Default false.', type: 'boolean' },
        },
      },
      check: {
        description: 'Exactly one of rows, unique, drift.',
        type: 'object',
        additionalProperties: false,
        minProperties: 1,
        maxProperties: 1,
        properties: {
          rows: {
            description: 'Number of rows.',
            type: 'object',
            additionalProperties: false,
            minProperties: 1,
            properties: { min: { type: 'integer', minimum: 0 }, max: { type: 'integer', minimum: 0 } },
          },
          unique: {
            description: 'Columns that identify a row.',
            type: 'array',
            minItems: 1,
            maxItems: 20,
            items: { type: 'string' },
          },
          drift: {
            description: 'Largest drift of a column from the version before.',
            type: 'object',
            additionalProperties: false,
            required: ['max'],
            properties: { max: { type: 'number', minimum: 0, maximum: 1 } },
          },
        },
      },
    },
  },
  Model: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://sluice.dev/schemas/v1/model.json',
    title: 'RawModel',
    description: 'A model: how it is trained, what it takes and answers, how it is judged.',
    type: 'object',
    additionalProperties: false,
    required: ['kind', 'name', 'task', 'dataset', 'train', 'artifact', 'signature'],
    properties: {
      apiVersion: { const: 'sluice/v1', description: 'Version of the grammar.' },
      kind: { const: 'Model' },
      name: { $ref: '#/definitions/name' },
      task: { enum: ['binary-classification', 'multiclass-classification', 'regression', 'ranking'] },
      dataset: { description: 'Name of a Dataset.', $ref: '#/definitions/name' },
      train: {
        type: 'object',
        additionalProperties: false,
        required: ['command', 'code'],
        properties: {
          runner: {
            description: "A runner of the policy. Default: the policy's only runner, or `local`.",
            type: 'string',
          },
          command: {
            description: 'Program and arguments, never a shell string.',
            type: 'array',
            minItems: 1,
            maxItems: 100,
            items: { type: 'string', minLength: 1, maxLength: 1000 },
          },
          code: {
            description:
              'Globs of the files that training depends on. A change of one is another training run; README files and this file do not count.',
            type: 'array',
            minItems: 1,
            maxItems: 100,
            items: { type: 'string', minLength: 1, maxLength: 300 },
          },
          params: {
            description: 'What the command finds in SLUICE_PARAMS. /retrain key=value changes it.',
            type: 'object',
            maxProperties: 200,
          },
          sweep: { $ref: '#/definitions/sweep' },
          resources: {
            type: 'object',
            additionalProperties: false,
            properties: {
              gpu: { type: 'integer', minimum: 0, maximum: 64 },
              memory: { description: 'For example 8Gi. Default 2Gi.', type: 'string' },
              timeout: { description: 'For example 30m or 2h. Default 1h.', type: 'string' },
            },
          },
          seed: {
            description: 'What the command finds in SLUICE_SEED. Default 0.',
            type: 'integer',
            minimum: 0,
            maximum: 2147483647,
          },
          repeats: {
            description:
              'Trainings with the seeds seed, seed + 1, …: the first is the candidate, the others show how much luck there is. Not together with sweep. Default 1.',
            type: 'integer',
            minimum: 1,
            maximum: 20,
          },
        },
      },
      artifact: {
        type: 'object',
        additionalProperties: false,
        required: ['path', 'format'],
        properties: {
          path: {
            description: 'File below SLUICE_OUTPUT; model.json for tfjs.',
            type: 'string',
            minLength: 1,
            maxLength: 200,
          },
          format: { enum: ['onnx', 'tfjs'] },
        },
      },
      signature: {
        description: 'What the model takes and answers.',
        type: 'object',
        additionalProperties: false,
        required: ['inputs', 'output'],
        properties: {
          inputs: {
            type: 'array',
            minItems: 1,
            maxItems: 2000,
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['name'],
              properties: {
                name: { description: 'Name of the input in the model file.', $ref: '#/definitions/tensor' },
                column: { description: 'Column of the dataset. Default: the one of that name.', type: 'string' },
                type: {
                  description: 'Default: from the type of the column.',
                  enum: ['float', 'integer', 'string', 'boolean'],
                },
              },
            },
          },
          output: {
            type: 'object',
            additionalProperties: false,
            required: ['name'],
            properties: {
              name: {
                description: 'Name of the output in the model file. Ranking: a score, higher is earlier.',
                $ref: '#/definitions/tensor',
              },
              positive: {
                description: 'Binary: the label whose probability this is. Default true.',
                type: ['boolean', 'number', 'string'],
              },
              classes: {
                description: 'Multiclass: labels in the order of the probabilities.',
                type: 'array',
                minItems: 2,
                maxItems: 1000,
                items: { type: 'string', minLength: 1, maxLength: 200 },
              },
              interval: {
                description:
                  'Regression: outputs that bound the value, and the share of the rows that they promise to hold.',
                type: 'object',
                additionalProperties: false,
                required: ['lower', 'upper', 'level'],
                properties: {
                  lower: { $ref: '#/definitions/tensor' },
                  upper: { $ref: '#/definitions/tensor' },
                  level: { description: 'For example 0.9.', type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
                },
              },
            },
          },
        },
      },
      evaluate: {
        type: 'object',
        additionalProperties: false,
        properties: {
          split: { description: 'Split of the dataset to judge on. Default holdout.', type: 'string' },
          metrics: {
            description: 'Metrics to report. Those that gates name are always computed.',
            type: 'array',
            minItems: 1,
            items: { $ref: '#/definitions/metric' },
            maxItems: 100,
          },
          custom: {
            description:
              'Metrics of your own: a command of the base branch is given a Parquet file of predictions and prints one line of JSON.',
            type: 'array',
            maxItems: 20,
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['name', 'command', 'code', 'better'],
              properties: {
                name: { $ref: '#/definitions/name' },
                command: {
                  description: 'Program and arguments, never a shell string.',
                  type: 'array',
                  minItems: 1,
                  maxItems: 100,
                  items: { type: 'string', minLength: 1, maxLength: 1000 },
                },
                code: {
                  description: 'Globs of the files that the command depends on.',
                  type: 'array',
                  minItems: 1,
                  maxItems: 100,
                  items: { type: 'string', minLength: 1, maxLength: 300 },
                },
                better: { enum: ['higher', 'lower'] },
              },
            },
          },
          threshold: {
            description:
              'Binary: probability from which a row counts as positive, or {choose: metric, split}: the one that is best in the metric on that split. Default 0.5.',
            type: ['number', 'object'],
            exclusiveMinimum: 0,
            exclusiveMaximum: 1,
            additionalProperties: false,
            required: ['choose', 'split'],
            properties: {
              choose: { $ref: '#/definitions/metric' },
              split: { description: 'A split that no model is judged on.', type: 'string' },
            },
          },
          costs: {
            description:
              'Cost of each decision, for expected_cost. Binary: {falsePositive, falseNegative}; multiclass: rows of truth × columns of decision, in the order of the classes.',
            type: ['object', 'array'],
            additionalProperties: false,
            required: ['falsePositive', 'falseNegative'],
            properties: {
              falsePositive: { description: 'Decided positive and is not.', type: 'number' },
              falseNegative: { description: 'Decided negative and is positive.', type: 'number' },
              truePositive: { description: 'Default 0; a gain is below 0.', type: 'number' },
              trueNegative: { description: 'Default 0.', type: 'number' },
            },
            minItems: 2,
            maxItems: 1000,
            items: { type: 'array', items: { type: 'number' } },
          },
          slices: {
            description:
              'A column (one slice a category), a named SQL condition {name, where}, or bins of a number: {column, bins: [edges]} or {column, quantiles: n}.',
            type: 'array',
            maxItems: 100,
            items: {
              type: ['string', 'object'],
              additionalProperties: false,
              properties: {
                name: { $ref: '#/definitions/name' },
                where: { $ref: '#/definitions/expression' },
                column: { description: 'A column of numbers.', type: 'string' },
                bins: {
                  description: 'Ascending edges between the bins; each bin has its lower edge.',
                  type: 'array',
                  minItems: 1,
                  maxItems: 49,
                  items: { type: 'number' },
                },
                quantiles: {
                  description: 'Bins with as equal numbers of rows as there can be.',
                  type: 'integer',
                  minimum: 2,
                  maximum: 50,
                },
              },
            },
          },
          discover: {
            description:
              'Search for slices of one or two columns that are worse. true: in all input columns that are categories, booleans or numbers.',
            type: ['boolean', 'object'],
            additionalProperties: false,
            properties: {
              columns: {
                description: 'Default: all input columns that are categories, booleans or numbers.',
                type: 'array',
                minItems: 1,
                maxItems: 200,
                items: { type: 'string' },
              },
              minRows: {
                description: 'Slices with fewer rows are not looked at. Default 500.',
                type: 'integer',
                minimum: 10,
              },
            },
          },
          invariances: {
            description: 'Changes of the inputs that must not change the answer.',
            type: 'array',
            maxItems: 50,
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['name', 'set'],
              properties: {
                name: { $ref: '#/definitions/name' },
                set: {
                  description: 'An SQL expression over all columns for each column that is changed.',
                  type: 'object',
                  minProperties: 1,
                  maxProperties: 100,
                  additionalProperties: { $ref: '#/definitions/expression' },
                },
                tolerance: {
                  description: 'Largest change of the output that counts as none. Default 0.001.',
                  type: 'number',
                  minimum: 0,
                },
              },
            },
          },
          resamples: {
            description: 'Bootstrap resamples. Default 1000.',
            type: 'integer',
            minimum: 100,
            maximum: 100000,
          },
          confidence: { description: 'Default 0.95.', $ref: '#/definitions/confidence' },
        },
      },
      gates: {
        description: 'What must hold of the evaluation before the change may be merged.',
        type: 'array',
        maxItems: 100,
        items: { $ref: '#/definitions/gate' },
      },
    },
    definitions: {
      name: {
        description: 'Lower-case words joined by - or _, at most 64 characters.',
        type: 'string',
        minLength: 1,
        maxLength: 64,
        pattern: '^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$',
      },
      tensor: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_.:/-]*$', maxLength: 128 },
      metric: {
        description:
          'A metric of the task, with its parameter after an @ where it takes one (f_beta@2), or one of evaluate.custom.',
        anyOf: [
          {
            enum: [
              'roc_auc',
              'pr_auc',
              'log_loss',
              'brier',
              'accuracy',
              'balanced_accuracy',
              'precision',
              'recall',
              'specificity',
              'f1',
              'f_beta',
              'mcc',
              'cohen_kappa',
              'ece',
              'calibration_slope',
              'lift',
              'expected_cost',
              'macro_roc_auc',
              'weighted_roc_auc',
              'macro_precision',
              'micro_precision',
              'weighted_precision',
              'macro_recall',
              'micro_recall',
              'weighted_recall',
              'macro_f1',
              'micro_f1',
              'weighted_f1',
              'top_k_accuracy',
              'rmse',
              'mae',
              'median_ae',
              'r2',
              'mape',
              'smape',
              'rmsle',
              'pinball',
              'poisson_deviance',
              'tweedie_deviance',
              'interval_coverage',
              'interval_width',
              'ndcg',
              'map',
              'mrr',
            ],
          },
          { type: 'string', pattern: '^[a-z][a-z0-9_]*@[0-9]+(?:\\.[0-9]+)?$', maxLength: 80 },
          { $ref: '#/definitions/name' },
        ],
      },
      confidence: { type: 'number', minimum: 0.5, maximum: 0.9999 },
      sweep: {
        description:
          'Several trainings with different parameters; the best by a metric that the command reports becomes the candidate. The holdout is scored once, for the best.',
        type: 'object',
        additionalProperties: false,
        required: ['metric', 'goal', 'params'],
        properties: {
          metric: {
            description:
              'Name in metrics.jsonl: letters, digits, _ and after the first also space . : / % -, at most 64. The command measures it on rows that it kept apart of the training split; the last value reported counts.',
            type: 'string',
            pattern: '^\\w[\\w .:/%-]{0,63}$',
          },
          goal: { description: 'Which value of the metric is best.', enum: ['maximize', 'minimize'] },
          params: {
            description: 'What the trials differ in, by name. Each overrides train.params.',
            type: 'object',
            minProperties: 1,
            maxProperties: 20,
            additionalProperties: { $ref: '#/definitions/sweepParam' },
          },
          search: { $ref: '#/definitions/sweepSearch' },
          halving: {
            description:
              'Successive halving: all trials start with little of a resource, the best go on with more of it.',
            type: 'object',
            additionalProperties: false,
            required: ['param', 'min', 'max'],
            properties: {
              param: {
                description:
                  'The parameter that is the resource, for example epochs. Training time should grow with it.',
                type: 'string',
              },
              min: { description: 'What every trial starts with.', type: 'number', exclusiveMinimum: 0 },
              max: {
                description: 'What the last ones, the winner among them, are trained with.',
                type: 'number',
                exclusiveMinimum: 0,
              },
              factor: {
                description:
                  'By how much the resource grows from rung to rung; the best 1/factor of the trials go on. Default 2.',
                type: 'integer',
                minimum: 2,
                maximum: 100,
              },
            },
          },
          parallel: {
            description: 'Trials at once. Default: as many as the runner allows.',
            type: 'integer',
            minimum: 1,
            maximum: 1000,
          },
        },
      },
      sweepParam: {
        description: '{values: […]}, or {min, max} with step, scale and type.',
        type: 'object',
        additionalProperties: false,
        properties: {
          values: { description: 'Anything that a parameter can be.', type: 'array', minItems: 1, maxItems: 1000 },
          min: { description: 'Smallest value.', type: 'number' },
          max: { description: 'Largest value.', type: 'number' },
          step: {
            description: 'Only min, min + step, min + 2 step, … up to max.',
            type: 'number',
            exclusiveMinimum: 0,
          },
          scale: { description: 'How a random search draws. Default linear.', enum: ['linear', 'log'] },
          type: {
            description: 'Default: integer when min, max and step are whole numbers, else float.',
            enum: ['integer', 'float'],
          },
        },
      },
      sweepSearch: {
        description: 'Default: a grid.',
        type: 'object',
        required: ['type'],
        discriminator: { propertyName: 'type' },
        oneOf: [
          {
            description: 'Every combination. Each parameter needs values or a step.',
            type: 'object',
            additionalProperties: false,
            required: ['type'],
            properties: { type: { const: 'grid' } },
          },
          {
            description: 'Combinations drawn at random; the same seed draws the same ones.',
            type: 'object',
            additionalProperties: false,
            required: ['type', 'trials'],
            properties: {
              type: { const: 'random' },
              trials: { description: 'How many, at most 1000.', type: 'integer', minimum: 1 },
            },
          },
        ],
      },
      gate: {
        description:
          '{metric, min | max}: against a fixed value. {metric, against: champion, noWorseThan | better | within}: against the model in production. {metric, slice, …}: on slices. {fairness, by, maxDifference | minRatio}. {latency, max | maxRatio}. {throughput, min | minRatio}. {size}. {memory}. {coldStart}. {invariance, maxShare}. {behaviour}. {agreement}. {predictionDrift}. {metric, seedVariance}.',
        type: 'object',
        additionalProperties: false,
        properties: {
          metric: { $ref: '#/definitions/metric' },
          min: { description: 'Smallest acceptable value; of a throughput gate in rows a second.', type: 'number' },
          max: {
            description: 'Largest acceptable value; of a latency gate a duration such as 5ms.',
            type: ['number', 'string'],
          },
          against: { const: 'champion' },
          noWorseThan: {
            description: 'Largest acceptable loss against the champion, in the unit of the metric.',
            type: 'number',
            minimum: 0,
          },
          better: { description: 'Must be better than the champion.', type: 'boolean' },
          within: {
            description: 'Equivalence: the difference from the champion lies within ± this, in the unit of the metric.',
            type: 'number',
            exclusiveMinimum: 0,
          },
          confidence: { description: 'Default 0.95.', $ref: '#/definitions/confidence' },
          slice: {
            description: 'Name of a slice, * for every declared slice, or discovered for those that the search found.',
            type: 'string',
            minLength: 1,
            maxLength: 300,
          },
          minRows: {
            description: 'Slices and groups with fewer rows are not judged. Default 500.',
            type: 'integer',
            minimum: 1,
          },
          fairness: {
            description: 'Binary: share of the rows decided positive, of all, of the positive, of the others.',
            enum: ['selection_rate', 'true_positive_rate', 'false_positive_rate'],
          },
          by: { description: 'The column whose groups are compared; one of evaluate.slices.', type: 'string' },
          maxDifference: {
            description: 'Largest difference of the rate between two groups.',
            type: 'number',
            minimum: 0,
            maximum: 1,
          },
          minRatio: {
            description:
              "Fairness: smallest ratio of the lower rate to the higher. Throughput: smallest ratio to the champion's.",
            type: 'number',
            exclusiveMinimum: 0,
          },
          latency: { description: 'Quantile of the time of one request.', enum: ['p50', 'p95', 'p99'] },
          maxRatio: {
            description: "Most times the champion's, measured in the same run.",
            type: 'number',
            exclusiveMinimum: 0,
          },
          throughput: { description: 'Rows in a batch.', type: 'integer', minimum: 1, maximum: 100000 },
          size: {
            description: 'Of all files of the artifact: for example 50MB, or {max, maxRatio}.',
            type: ['string', 'object'],
            additionalProperties: false,
            minProperties: 1,
            properties: {
              max: { description: 'For example 50MB.', type: 'string' },
              maxRatio: {
                description: "Most times the champion's, measured in the same run.",
                type: 'number',
                exclusiveMinimum: 0,
              },
            },
          },
          memory: {
            description: 'Resident memory that loading and answering adds: for example 500MB, or {max, maxRatio}.',
            type: ['string', 'object'],
            additionalProperties: false,
            minProperties: 1,
            properties: {
              max: { description: 'For example 500MB.', type: 'string' },
              maxRatio: {
                description: "Most times the champion's, measured in the same run.",
                type: 'number',
                exclusiveMinimum: 0,
              },
            },
          },
          coldStart: {
            description: 'From the beginning of loading to the first answer: for example 2s, or {max, maxRatio}.',
            type: ['string', 'object'],
            additionalProperties: false,
            minProperties: 1,
            properties: {
              max: { description: 'For example 2s.', type: 'string' },
              maxRatio: {
                description: "Most times the champion's, measured in the same run.",
                type: 'number',
                exclusiveMinimum: 0,
              },
            },
          },
          invariance: {
            description: 'Name of one of evaluate.invariances, or * for each.',
            type: 'string',
            minLength: 1,
            maxLength: 64,
          },
          maxShare: {
            description: 'Largest share of rows whose answer an invariance changes. Default 0.01.',
            type: 'number',
            minimum: 0,
            exclusiveMaximum: 1,
          },
          behaviour: { description: 'What the model must bear.', enum: ['missing', 'out-of-range', 'determinism'] },
          agreement: {
            description: 'Largest difference from the predictions that the training framework gave.',
            type: 'number',
            minimum: 0,
          },
          predictionDrift: {
            description: "Largest distance of the distribution functions of candidate's and champion's predictions.",
            type: 'number',
            minimum: 0,
            maximum: 1,
          },
          seedVariance: {
            description: 'Largest standard deviation of the metric over the seeds of train.repeats.',
            type: 'number',
            exclusiveMinimum: 0,
          },
          onFail: {
            description: 'block: cannot be merged. approval: an owner decides. Default block.',
            enum: ['block', 'approval'],
          },
          onCannotTell: {
            description: 'When the rows do not suffice for a verdict. Default approval.',
            enum: ['block', 'approval'],
          },
        },
      },
      expression: {
        description: 'One SQL expression over the columns.',
        type: 'string',
        minLength: 1,
        maxLength: 2000,
      },
    },
  },
  Deployment: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://sluice.dev/schemas/v1/deployment.json',
    title: 'RawDeployment',
    description: 'A deployment: where a released model answers, and how a new version gets there.',
    type: 'object',
    additionalProperties: false,
    required: ['kind', 'name', 'model', 'environment', 'target'],
    properties: {
      apiVersion: { const: 'sluice/v1', description: 'Version of the grammar.' },
      kind: { const: 'Deployment' },
      name: { $ref: '#/definitions/name' },
      model: { description: 'Name of a Model.', $ref: '#/definitions/name' },
      environment: {
        description: 'Environment as GitHub shows it, for example production.',
        $ref: '#/definitions/name',
      },
      after: { description: 'Deployment that must have succeeded first.', $ref: '#/definitions/name' },
      target: {
        description: 'What serves the model.',
        type: 'object',
        required: ['type'],
        discriminator: { propertyName: 'type' },
        oneOf: [
          {
            description: "Sluice's own inference server.",
            type: 'object',
            additionalProperties: false,
            required: ['type'],
            properties: { type: { const: 'local' } },
          },
          {
            description: 'A repository that a GitOps controller watches.',
            type: 'object',
            additionalProperties: false,
            required: ['type', 'repository', 'path'],
            properties: {
              type: { const: 'gitops' },
              repository: { type: 'string', pattern: '^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$', maxLength: 140 },
              path: { type: 'string', minLength: 1, maxLength: 300 },
              kind: { enum: ['kserve'] },
            },
          },
        ],
      },
      strategy: {
        type: 'object',
        additionalProperties: false,
        properties: {
          canary: {
            description: 'Shares of the traffic in percent, rising to 100. Default [100].',
            type: 'array',
            minItems: 1,
            maxItems: 20,
            items: { type: 'integer', minimum: 1, maximum: 100 },
          },
          interval: { description: 'Time on each share, for example 30m. Default 0s.', type: 'string' },
          judge: {
            description: 'Monitor of this deployment that must stay healthy meanwhile.',
            $ref: '#/definitions/name',
          },
        },
      },
    },
    definitions: {
      name: {
        description: 'Lower-case words joined by - or _, at most 64 characters.',
        type: 'string',
        minLength: 1,
        maxLength: 64,
        pattern: '^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$',
      },
    },
  },
  Monitor: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://sluice.dev/schemas/v1/monitor.json',
    title: 'RawMonitor',
    description: 'A monitor: compares windows of production with what the model was trained on.',
    type: 'object',
    additionalProperties: false,
    required: ['kind', 'name', 'deployment', 'window'],
    properties: {
      apiVersion: { const: 'sluice/v1', description: 'Version of the grammar.' },
      kind: { const: 'Monitor' },
      name: { $ref: '#/definitions/name' },
      deployment: { description: 'Name of a Deployment.', $ref: '#/definitions/name' },
      source: {
        description:
          "Where production is read. serving (default): the log of Sluice's own inference server. observations: what is posted to the monitor. Or files.",
        oneOf: [
          { enum: ['serving', 'observations'] },
          {
            type: 'object',
            additionalProperties: false,
            required: ['uri', 'timestamp'],
            properties: {
              uri: {
                description:
                  'Files, with * and ** in their path: file:log/dt=*/*.parquet or s3://bucket/log/dt=*/*.parquet. Must begin with a prefix that the policy allows. dt=, date= and year=/month=/day= in the path keep other days unread.',
                type: 'string',
                minLength: 1,
                maxLength: 500,
              },
              format: {
                description: 'Default: from the ending of the name.',
                enum: ['parquet', 'csv', 'jsonl', 'arrow'],
              },
              timestamp: {
                description:
                  'Column with the time of the event: a timestamp, ISO 8601, or epoch seconds to nanoseconds.',
                $ref: '#/definitions/sourceColumn',
              },
              timezone: {
                description: 'How times without an offset are meant, such as Europe/Berlin. Default UTC.',
                type: 'string',
                pattern: '^[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*$',
                maxLength: 64,
              },
              columns: {
                description:
                  'Names in the files of what is not an input. Default: id, prediction, confidence, version, latency_ms and error where the files have them.',
                type: 'object',
                additionalProperties: false,
                properties: {
                  id: {
                    description: 'Names a row, so that its truth can be joined and it counts once.',
                    $ref: '#/definitions/sourceColumn',
                  },
                  prediction: {
                    description: 'Probability of the positive class, value, or index of the chosen class.',
                    $ref: '#/definitions/sourceColumn',
                  },
                  confidence: { description: 'Probability of the chosen class.', $ref: '#/definitions/sourceColumn' },
                  version: { description: 'Version of the model that answered.', $ref: '#/definitions/sourceColumn' },
                  latency: { description: 'Milliseconds.', $ref: '#/definitions/sourceColumn' },
                  error: { description: 'Set where a request got no answer.', $ref: '#/definitions/sourceColumn' },
                },
              },
              labels: {
                description: 'Where the truth arrives.',
                type: 'object',
                additionalProperties: false,
                required: ['uri', 'key', 'label'],
                properties: {
                  uri: { type: 'string', minLength: 1, maxLength: 500 },
                  format: {
                    description: 'Default: from the ending of the name.',
                    enum: ['parquet', 'csv', 'jsonl', 'arrow'],
                  },
                  key: {
                    description: 'Column that joins truth to the id of the prediction.',
                    $ref: '#/definitions/sourceColumn',
                  },
                  label: { description: 'Column with the truth.', $ref: '#/definitions/sourceColumn' },
                  timestamp: {
                    description: 'Column with the time when it became known; the newest counts.',
                    $ref: '#/definitions/sourceColumn',
                  },
                },
              },
            },
          },
        ],
      },
      schedule: {
        description: '@hourly, @daily, @weekly or a duration such as 30m. Default: the window.',
        type: 'string',
      },
      window: { description: 'Length of a window, for example 1d.', type: 'string' },
      settle: {
        description: 'How long after its end a window waits for late rows, such as 2h. Default: none.',
        type: 'string',
      },
      reference: {
        description:
          'What windows are compared with. training (default): what the live version was trained on. Or days of production, as /accept writes them.',
        oneOf: [
          { enum: ['training'] },
          {
            type: 'object',
            additionalProperties: false,
            required: ['from', 'to'],
            properties: {
              from: { description: 'First day, such as 2026-01-01.', $ref: '#/definitions/day' },
              to: { description: 'The day after the last.', $ref: '#/definitions/day' },
            },
          },
        ],
      },
      seasonality: {
        description:
          'Compare with the same hours of the training: hour of the day, weekday, or hour of the week (UTC). Needs a window or a timestamp column in the dataset. Default none.',
        enum: ['none', 'hour', 'weekday', 'hour-of-week'],
      },
      columns: {
        type: 'object',
        additionalProperties: false,
        properties: {
          ignore: {
            description: 'Columns that may differ from the training.',
            type: 'array',
            maxItems: 2000,
            items: { type: 'string' },
          },
        },
      },
      effect: {
        description: 'Smallest shift that counts: distance of the distributions, 0 to 1. Default 0.1.',
        type: 'number',
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
      },
      minRows: {
        description: 'A window with fewer rows is judged together with the ones before it. Default 350.',
        type: 'integer',
        minimum: 50,
        maximum: 10000000,
      },
      falseDiscoveryRate: {
        description: "Share of false findings among a window's findings that is put up with. Default 0.05.",
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 0.5,
      },
      multivariate: {
        description: 'Whether the columns are also judged together, by the error of reconstructing them. Default true.',
        type: 'boolean',
      },
      checks: {
        description: 'Limits that are no statistics: broken by one window, they open the issue at once.',
        type: 'object',
        additionalProperties: false,
        properties: {
          rows: {
            type: 'object',
            additionalProperties: false,
            minProperties: 1,
            properties: {
              min: { description: 'Fewest rows of a window.', type: 'integer', minimum: 0 },
              max: { description: 'Most rows of a window.', type: 'integer', minimum: 1 },
            },
          },
          freshness: {
            description: "Oldest that the newest row may be at the window's end, such as 2h.",
            type: 'string',
          },
          latency: {
            type: 'object',
            additionalProperties: false,
            required: ['p99'],
            properties: { p99: { description: 'Such as 50ms.', type: 'string' } },
          },
          errors: {
            type: 'object',
            additionalProperties: false,
            required: ['max'],
            properties: {
              max: {
                description: 'Share of the requests that may get no answer.',
                type: 'number',
                minimum: 0,
                maximum: 1,
              },
            },
          },
        },
      },
      metrics: {
        description: 'How much worse than promised a metric may get before it counts.',
        type: 'array',
        maxItems: 20,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['metric', 'noWorseThan'],
          properties: { metric: { $ref: '#/definitions/metric' }, noWorseThan: { type: 'number', minimum: 0 } },
        },
      },
      open: {
        type: 'object',
        additionalProperties: false,
        properties: {
          after: { description: 'Bad windows before an issue is opened. Default 2.', $ref: '#/definitions/count' },
          grace: { description: 'An alert that comes back so soon re-opens its issue. Default 7d.', type: 'string' },
        },
      },
      close: {
        type: 'object',
        additionalProperties: false,
        properties: {
          after: { description: 'Good windows before the issue is closed. Default 3.', $ref: '#/definitions/count' },
        },
      },
      issue: {
        type: 'object',
        additionalProperties: false,
        properties: {
          labels: {
            description: 'Default [drift].',
            type: 'array',
            maxItems: 20,
            items: { type: 'string', minLength: 1, maxLength: 50 },
          },
          assign: { description: 'Default owners.', enum: ['owners', 'nobody'] },
        },
      },
      retrain: {
        description:
          'suggest: the issue says how. pull-request: Sluice opens the pull request itself. Default suggest.',
        enum: ['suggest', 'pull-request'],
      },
      runner: {
        description: 'A runner of the policy that profiles large windows. Default: the server.',
        $ref: '#/definitions/name',
      },
    },
    definitions: {
      name: {
        description: 'Lower-case words joined by - or _, at most 64 characters.',
        type: 'string',
        minLength: 1,
        maxLength: 64,
        pattern: '^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$',
      },
      column: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_]*$', maxLength: 64 },
      count: { type: 'integer', minimum: 1, maximum: 100 },
      metric: {
        description: 'A metric of the task, with its parameter after an @ where it takes one (f_beta@2).',
        anyOf: [
          {
            enum: [
              'roc_auc',
              'pr_auc',
              'log_loss',
              'brier',
              'accuracy',
              'balanced_accuracy',
              'precision',
              'recall',
              'specificity',
              'f1',
              'f_beta',
              'mcc',
              'cohen_kappa',
              'ece',
              'calibration_slope',
              'lift',
              'expected_cost',
              'macro_roc_auc',
              'weighted_roc_auc',
              'macro_precision',
              'micro_precision',
              'weighted_precision',
              'macro_recall',
              'micro_recall',
              'weighted_recall',
              'macro_f1',
              'micro_f1',
              'weighted_f1',
              'top_k_accuracy',
              'rmse',
              'mae',
              'median_ae',
              'r2',
              'mape',
              'smape',
              'rmsle',
              'pinball',
              'poisson_deviance',
              'tweedie_deviance',
              'interval_coverage',
              'interval_width',
              'ndcg',
              'map',
              'mrr',
            ],
          },
          { type: 'string', pattern: '^[a-z][a-z0-9_]*@[0-9]+(?:\\.[0-9]+)?$', maxLength: 80 },
        ],
      },
      sourceColumn: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[^\\u0000-\\u001f"]+$' },
      day: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
    },
  },
};
