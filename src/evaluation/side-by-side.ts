import type { Modality } from "./cell.ts";
import type { CellResult, Results } from "./results.ts";
import { baselineRows, modalityTitles, publishedFiguresOf, scoreFigures, type TableFigure } from "./tables.ts";

/** What one source says of a model: the papers, or a run under a protocol. */
export interface SideBySideRow {
  /** `published`, or the protocol. */
  readonly source: string;
  /** Whether the figures come of a protocol that lets test rows into what is fitted. */
  readonly leaks: boolean;
  readonly kind: "published" | "reproduced" | "baseline";
  readonly figures: readonly TableFigure[];
  /** The run's cell; absent for published figures. */
  readonly cell?: CellResult;
}

/** A model (or a baseline) with the figures of every source. */
export interface SideBySideModel {
  readonly title: string;
  readonly rows: readonly SideBySideRow[];
}

/** One of the three tables. */
export interface SideBySide {
  readonly modality: Modality;
  readonly title: string;
  readonly models: readonly SideBySideModel[];
}

/**
 * The tables of several runs in one: under each model what was published, then what each protocol gives, in the order of the runs;
 * the baselines last.
 */
export function sideBySide(runs: readonly Results[]): SideBySide[] {
  return (["audio", "text", "both"] as const).flatMap((modality) => {
    const models = new Map<string, CellResult>();
    for (const { cells } of runs)
      for (const cell of cells) if (cell.modality === modality) models.set(cell.model, cell);
    if (models.size === 0) return [];
    return [
      {
        modality,
        title: modalityTitles[modality],
        models: [
          ...[...models].map(([model, cell]) => modelRows(runs, modality, model, cell)),
          ...baselineModels(runs),
        ],
      },
    ];
  });
}

function modelRows(runs: readonly Results[], modality: Modality, model: string, { title, published }: CellResult) {
  const reproduced = runs.flatMap(({ protocol, leaks, cells }): SideBySideRow[] =>
    cells
      .filter((cell) => cell.modality === modality && cell.model === model)
      .map((cell) => ({ source: protocol, leaks, kind: "reproduced", figures: scoreFigures(cell), cell })),
  );
  const rows: SideBySideRow[] = published
    ? [{ source: "published", leaks: true, kind: "published", figures: publishedFiguresOf(published) }, ...reproduced]
    : reproduced;
  return { title, rows };
}

function baselineModels(runs: readonly Results[]): SideBySideModel[] {
  return (runs[0]?.baselines ?? []).map(({ name }) => ({
    title: name,
    rows: runs.flatMap(({ protocol, leaks, baselines }) =>
      baselineRows({ baselines: baselines.filter((baseline) => baseline.name === name) }).map(({ figures }) => ({
        source: protocol,
        leaks,
        kind: "baseline" as const,
        figures,
      })),
    ),
  }));
}
