/** A SKU's numbers as steps over time: each stands until another is heard. The legend tells the moment pointed at. */
import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { count } from '../money.ts'
import { isDark } from '../theme.ts'
import { now, timeOf } from '../time.ts'
import type { StockHistory } from '../types.ts'
import { colourReader } from './flow-chart.tsx'

type Points = StockHistory['points']
type Values = (number | null)[]

export interface Series {
  name: string
  /** Index of its colour. */
  colour: number
  values: Values
}

const HEIGHT_PX = 224
/** Colours there are in tokens.css; more channels than that begin anew, and the legend tells them apart. */
const COLOURS = 7

/** Each series at every moment something was learnt; at the end the last numbers reach to the present. */
export function seriesOf(points: Points, nowMs: number): { at: number[]; series: Series[] } {
  const channels = [...new Set(points.flatMap(({ channel }) => channel ?? []))].sort()
  const names = ['On hand', 'Free', ...channels]
  const last = new Map<string, number | null>()
  const rows = points.map(({ onHand, free, channel, shown }) => {
    if (onHand !== undefined) last.set('On hand', onHand)
    if (free !== undefined) last.set('Free', free)
    if (channel !== undefined && shown !== undefined) last.set(channel, shown)
    return new Map(last)
  })
  const at = points.map((point) => Date.parse(point.at) / 1_000)
  const end = Math.max(nowMs / 1_000, at.at(-1) ?? 0)
  const all = [...rows, new Map(last)]
  const series = names.map((name, index) => ({
    name,
    colour: index % COLOURS,
    values: all.map((row) => row.get(name) ?? null),
  }))
  return { at: [...at, end], series }
}

export function StockChart({ points }: { points: Points }) {
  const { at, series } = useMemo(() => seriesOf(points, now.peek()), [points.length, points.at(-1)?.version])
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const pointed = useSignal<number | null>(null)
  const dark = isDark()
  const names = series.map(({ name }) => name).join(' ')

  useEffect(() => {
    const element = box.current!
    const fresh = new uPlot(
      optionsFor(element, series, (index) => (pointed.value = index)),
      dataOf(at, series),
      element,
    )
    const observer = new ResizeObserver(() => fresh.setSize({ width: element.clientWidth, height: HEIGHT_PX }))
    observer.observe(element)
    plot.current = fresh
    return () => {
      observer.disconnect()
      fresh.destroy()
    }
  }, [dark, names])

  useEffect(() => plot.current?.setData(dataOf(at, series)), [at])

  const index = pointed.value ?? at.length - 1
  const say = (value: number | null | undefined): string => (value === null || value === undefined ? '–' : count(value))
  return (
    <figure class="flow">
      <figcaption class="legend steps">
        {series.map(({ name, colour, values }) => (
          <span key={name} class={`series line-${colour}`}>
            {name} <strong>{say(values[index])}</strong>
          </span>
        ))}
        <span class="faint small push">
          {pointed.value === null ? 'now' : `at ${timeOf(new Date(at[index]! * 1_000).toISOString(), now.value)}`}
        </span>
      </figcaption>
      <div
        class="history-box"
        ref={box}
        role="img"
        aria-label={`Numbers over time. Now: ${series.map(({ name, values }) => `${name} ${say(values.at(-1))}`).join(', ')}.`}
      />
    </figure>
  )
}

const dataOf = (at: number[], series: readonly Series[]): uPlot.AlignedData => [
  at,
  ...series.map(({ values }) => values),
]

function optionsFor(
  element: HTMLElement,
  series: readonly Series[],
  point: (index: number | null) => void,
): uPlot.Options {
  const colour = colourReader(element)
  const axis = {
    stroke: colour('--ink-faint'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(element).fontFamily}`,
  }
  const times = (_plot: uPlot, all: number[]) =>
    all.map((one) => timeOf(new Date(one * 1_000).toISOString(), now.peek()).replace(/:\d\d$/, ''))
  const range = (_plot: uPlot, low: number, high: number): [number, number] => [
    Math.min(0, low ?? 0),
    Math.max(4, Math.ceil((high ?? 0) * 1.1)),
  ]
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    padding: [8, 6, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 7 } },
    scales: { y: { range } },
    axes: [
      { ...axis, space: 88, size: 26, grid: { show: false }, values: times },
      {
        ...axis,
        size: 44,
        space: 40,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000],
      },
    ],
    series: [
      {},
      ...series.map((one) => ({
        label: one.name,
        stroke: colour(`--line-${one.colour}`),
        width: 1.75,
        paths: uPlot.paths.stepped!({ align: 1 }),
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [({ cursor }) => point(cursor.idx ?? null)] },
  }
}
