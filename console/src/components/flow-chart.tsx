/**
 * Orders per minute over the last hour: placed, confirmed, shipped. The legend tells the sums, or the minute pointed
 * at.
 */
import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { count } from '../money.ts'
import { isDark } from '../theme.ts'
import { hourMinute } from '../time.ts'
import type { Overview } from '../types.ts'

type Minute = Overview['ordersPerMinute'][number]

const SERIES = ['placed', 'confirmed', 'shipped'] as const
const HEIGHT_PX = 208
const LEAST_TOP = 4
const LEAST_MINUTES = 15

export function FlowChart({ minutes: all }: { minutes: readonly Minute[] }) {
  const minutes = useMemo(() => sinceOpening(all), [all])
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const pointed = useSignal<number | null>(null)
  const dark = isDark()

  useEffect(() => {
    const element = box.current!
    const fresh = new uPlot(
      optionsFor(element, (index) => (pointed.value = index)),
      dataOf(minutes),
      element,
    )
    const observer = new ResizeObserver(() => fresh.setSize({ width: element.clientWidth, height: HEIGHT_PX }))
    observer.observe(element)
    plot.current = fresh
    return () => {
      observer.disconnect()
      fresh.destroy()
    }
  }, [dark])

  useEffect(() => plot.current?.setData(dataOf(minutes)), [minutes])

  const one = pointed.value === null ? undefined : minutes[pointed.value]
  const total = (name: (typeof SERIES)[number]) => minutes.reduce((all, minute) => all + minute[name], 0)
  return (
    <figure class="flow">
      <figcaption class="legend">
        {SERIES.map((name) => (
          <span key={name} class={`series ${name}`}>
            {name.charAt(0).toUpperCase() + name.slice(1)} <strong>{count(one ? one[name] : total(name))}</strong>
          </span>
        ))}
        <span class="faint small push">{one ? `at ${hourMinute(Date.parse(one.minute))}` : 'in 60 minutes'}</span>
      </figcaption>
      <div
        class="flow-box"
        ref={box}
        role="img"
        aria-label={`Orders in the last 60 minutes: ${SERIES.map((name) => `${total(name)} ${name}`).join(', ')}.`}
      />
    </figure>
  )
}

/** A hub that has just begun shows its first minutes large, not at the edge of an empty hour. */
function sinceOpening(minutes: readonly Minute[]): readonly Minute[] {
  const first = minutes.findIndex(({ placed, confirmed, shipped }) => placed + confirmed + shipped > 0)
  const from = Math.min(first - 1, minutes.length - LEAST_MINUTES)
  return first > 0 && from > 0 ? minutes.slice(from) : minutes
}

/** The running minute is left out while it is behind the one before: half a minute would always look like a slump. */
function dataOf(minutes: readonly Minute[]): uPlot.AlignedData {
  const last = minutes.length - 1
  const behind = (minutes[last]?.placed ?? 0) < (minutes[last - 1]?.placed ?? 0)
  const pick = (name: (typeof SERIES)[number]) =>
    minutes.map((minute, index) => (index === last && behind ? null : minute[name]))
  return [minutes.map(({ minute }) => Date.parse(minute) / 1_000), ...SERIES.map(pick)] as uPlot.AlignedData
}

function optionsFor(element: HTMLElement, point: (index: number | null) => void): uPlot.Options {
  const colour = colourReader(element)
  const axis = {
    stroke: colour('--ink-faint'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(element).fontFamily}`,
  }
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    // Half of the last label stands beyond the last minute.
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 7 } },
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(LEAST_TOP, Math.ceil((high ?? 0) * 1.15))] } },
    axes: [
      {
        ...axis,
        space: 64,
        size: 26,
        grid: { show: false },
        values: (_plot, all) => all.map((at) => hourMinute(at * 1_000)),
      },
      { ...axis, size: 34, space: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000] },
    ],
    series: [
      {},
      ...SERIES.map((name, index) => ({
        label: name,
        stroke: colour(`--series-${name}`),
        width: 1.75,
        points: { show: false },
        ...(index === 0 ? { fill: colour(`--series-${name}`, 0.1) } : {}),
      })),
    ],
    hooks: { setCursor: [({ cursor }) => point(cursor.idx ?? null)] },
  }
}

/** A canvas knows no custom properties: the browser works them out on an element, and the canvas gets the result. */
export function colourReader(element: HTMLElement): (name: string, share?: number) => string {
  return (name, share = 1) => {
    const probe = document.createElement('i')
    probe.style.color = `color-mix(in srgb, var(${name}) ${share * 100}%, transparent)`
    element.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }
}
