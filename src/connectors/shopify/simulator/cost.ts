/**
 * What a query costs, and the bucket that pays for it: a scalar is free, an object costs a point, a connection as many
 * times its nodes as it asks for, a mutation ten. Charged as asked, refunded to what it really was.
 */
import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'

const MUTATION = 10

interface Pricing {
  schema: GraphQLSchema
  fragments: Map<string, FragmentDefinitionNode>
  variables: Record<string, unknown>
}

/** Points a document asks for before it runs. */
export function requestedCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Record<string, unknown>,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one)
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION)
  if (!operation) return 0
  const root = schema.getRootType(operation.operation)
  if (!root) return 0
  const price = selectionCost({ schema, fragments, variables }, operation.selectionSet, root)
  const fields = operation.selectionSet.selections.length
  return price + (operation.operation === OperationTypeNode.MUTATION ? MUTATION * fields : 0)
}

function selectionCost(pricing: Pricing, set: SelectionSetNode, type: GraphQLCompositeType): number {
  let price = 0
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) price += fieldCost(pricing, selection, type)
    else if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = pricing.fragments.get(selection.name.value)
      if (fragment)
        price += selectionCost(pricing, fragment.selectionSet, on(pricing, fragment.typeCondition.name.value, type))
    } else {
      const condition = selection.typeCondition?.name.value
      price += selectionCost(pricing, selection.selectionSet, condition ? on(pricing, condition, type) : type)
    }
  }
  return price
}

function on({ schema }: Pricing, name: string, otherwise: GraphQLCompositeType): GraphQLCompositeType {
  const type = schema.getType(name)
  return type && isCompositeType(type) ? type : otherwise
}

function fieldCost(pricing: Pricing, node: FieldNode, parent: GraphQLCompositeType): number {
  if (!node.selectionSet || !(isObjectType(parent) || isInterfaceType(parent))) return 0
  const field = parent.getFields()[node.name.value]
  if (!field) return 0
  const type = getNamedType(field.type)
  if (!isCompositeType(type) || type.name === 'PageInfo') return 0
  const inner = selectionCost(pricing, node.selectionSet, type)
  const asked = argument(pricing, node, 'first') ?? argument(pricing, node, 'last') ?? argument(pricing, node, 'ids')
  const times = Array.isArray(asked) ? asked.length : typeof asked === 'number' ? asked : 1
  if (type.name.endsWith('Connection')) return 1 + times * inner
  // Inside a connection the nodes themselves were counted by it.
  return isList(field.type) ? times * (1 + inner) : 1 + inner
}

const isList = (type: GraphQLOutputType): boolean => isListType(isNonNullType(type) ? type.ofType : type)

function argument({ variables }: Pricing, node: FieldNode, name: string): unknown {
  const value: ValueNode | undefined = node.arguments?.find((one) => one.name.value === name)?.value
  if (!value) return undefined
  if (value.kind === Kind.VARIABLE) return variables[value.name.value] ?? undefined
  return value.kind === Kind.INT ? Number(value.value) : undefined
}

/** Points an answer is worth: its objects. */
export function actualCost(data: unknown, isMutation: boolean): number {
  const fields = data && typeof data === 'object' ? Object.values(data) : []
  return fields.reduce((all: number, value) => all + objectsIn(value), 0) + (isMutation ? MUTATION * fields.length : 0)
}

function objectsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((all: number, item) => all + objectsIn(item), 0)
  if (value === null || typeof value !== 'object') return 0
  return Object.values(value).reduce((all: number, member) => all + objectsIn(member), 1)
}

/** Plain data, to be kept and taken up again. */
export interface BucketState {
  maximum: number
  restoreRate: number
  level: number
  /** When it was last filled up. */
  at: number
}

export interface Bucket {
  state: BucketState
  set(size: number, restoreRate: number): void
  /** Whether there was enough; if so it is gone. */
  take(points: number): boolean
  giveBack(points: number): void
  status(): { maximumAvailable: number; currentlyAvailable: number; restoreRate: number }
}

export const fullBucket = (size: number, restoreRate: number, at: number): BucketState => ({
  maximum: size, restoreRate, level: size, at,
}) // prettier-ignore

export function openBucket(now: () => number, state: BucketState): Bucket {
  const refill = () => {
    const { maximum, restoreRate, level, at } = state
    state.level = Math.min(maximum, level + (Math.max(0, now() - at) / 1_000) * restoreRate)
    state.at = now()
  }

  return {
    state,
    set(size, restoreRate) {
      refill()
      Object.assign(state, { maximum: size, restoreRate, level: Math.min(state.level, size) })
    },
    take(points) {
      refill()
      if (state.level < points) return false
      state.level -= points
      return true
    },
    giveBack: (points) => void (state.level = Math.min(state.maximum, state.level + points)),
    status() {
      refill()
      const { maximum, level, restoreRate } = state
      return { maximumAvailable: maximum, currentlyAvailable: Math.floor(level), restoreRate }
    },
  }
}
