/** What a person prefers on this device, or null. */
export function readPreference(name: string): string | null {
  try {
    return localStorage.getItem(`vitrine-${name}`);
  } catch {
    return null;
  }
}

export function writePreference(name: string, value: string): void {
  try {
    localStorage.setItem(`vitrine-${name}`, value);
  } catch {
    // Without storage a preference lasts as long as the page.
  }
}
