// Rules about an attribute of the customer, and about her being in another segment.
import { combobox } from "./combobox.js";
import { choice } from "./dom.js";
import { comparison } from "./property.js";

export function attributeRule(condition, vocabulary) {
  const part = comparison("Attribute", "attribute", vocabulary.attributes, vocabulary, condition);
  return { ...part, parts: [part.parts] };
}

export function segmentRule(condition, vocabulary) {
  const nameOf = (id) => vocabulary.segments.find((one) => one.id === id)?.name;
  const idOf = (name) => vocabulary.segments.find((one) => one.name === name || one.id === name)?.id;
  const operator = choice("Membership", [["in", "is in the segment"], ["not_in", "is not in the segment"]], condition.operator ?? "in");
  const options = vocabulary.segments.map((one) => ({ value: one.name, note: one.type }));
  const segment = combobox("Segment", options, nameOf(condition.segment) ?? condition.segment);
  return {
    parts: [operator, segment.box],
    read: () => ({ segment: idOf(segment.input.value.trim()), operator: operator.value }),
    problem: () => (idOf(segment.input.value.trim()) ? "" : "Choose one of the segments in the list."),
    isBlank: () => !segment.input.value.trim(),
  };
}
