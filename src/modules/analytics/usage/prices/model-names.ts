/** Longer names are nobody's model; the patterns below stay cheap. */
const LONGEST = 200;
/** Where a gateway or SDK writes the maker before the model. */
const MAKER =
  /^(?:models|openai|azure|azure_ai|gemini|google|vertex_ai|anthropic|mistral|mistralai|deepseek|xai|x-ai|cohere)\//;
/** A date or a build at the end of the name of one snapshot. Other endings make another model (`-mini`, `-tts`). */
const SNAPSHOT =
  /(?:[-@]20\d\d-?[01]\d-?[0-3]\d(?:-v\d+:\d+)?|-[01]\d-20\d\d|-[01]\d-[0-3]\d|-[01]\d[0-3]\d|-2\d[01]\d|-00\d|-latest)$/;

/**
 * The names under which a model may stand in the price file, most exact first: as it is, without the maker before a
 * slash, and each without the date of a snapshot. A fine-tuned OpenAI model, `ft:gpt-4o-mini-2024-07-18:org::id`, is
 * priced apart from its base, as `ft:gpt-4o-mini`.
 */
export function modelNames(model: string): string[] {
  if (model.length > LONGEST) return [];
  const full = model.trim().toLowerCase();
  const bare = full.replace(MAKER, '');
  const base = bare.startsWith('ft:') ? bare.split(':', 2).join(':') : bare;
  return [...new Set([full, bare, base, base.replace(SNAPSHOT, '')])];
}
