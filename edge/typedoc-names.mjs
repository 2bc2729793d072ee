// A TypeDoc plugin: a parameter that is taken apart where it is declared has no name there; its page names it after its type, or as options
// where the type has no name either.
import { Converter, ReflectionKind } from "typedoc";

export function load({ converter }) {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
      if (parameter.name !== "__namedParameters") continue;
      const type = parameter.type?.name ?? "Options";
      parameter.name = type.endsWith("Options") ? "options" : type[0].toLowerCase() + type.slice(1);
    }
  });
}
