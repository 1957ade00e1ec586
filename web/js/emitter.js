// @ts-check
// An EventTarget whose events are typed, so that a wrong name or detail is a type error.

/**
 * A class lists its events in `@extends {Emitter<{ pick: Lesson, leave: void }>}`: the type of each
 * event's detail by the event's name, `void` for an event without a detail.
 * @template {object} Events
 */
export class Emitter extends EventTarget {
  /**
   * Calls a listener with the detail of each event of a type.
   * @template {keyof Events & string} T
   * @param {T} type @param {(detail: Events[T]) => void} listener
   */
  on(type, listener) {
    this.addEventListener(type, (event) => listener(/** @type {CustomEvent} */ (event).detail));
  }

  /**
   * Dispatches an event.
   * @template {keyof Events & string} T
   * @param {T} type @param {Events[T] extends void ? [] : [detail: Events[T]]} args
   */
  emit(type, ...args) {
    this.dispatchEvent(new CustomEvent(type, { detail: args[0] }));
  }
}
