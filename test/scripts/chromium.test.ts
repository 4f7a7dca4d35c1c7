import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findChromium, softwareVulkan } from "../../scripts/lib/chromium.mjs";

let folder = "";

/** An executable file of that name in a folder of its own. */
function executable(name: string): string {
  const path = join(folder, name, name);
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(path, "");
  chmodSync(path, 0o755);
  return path;
}

describe("Chromium", () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "vitrine chromium "));
    vi.stubEnv("CHROMIUM", "");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is the one that was named, before any on the path", async () => {
    vi.stubEnv("PATH", join(executable("chromium"), ".."));
    vi.stubEnv("CHROMIUM", "/opt/mine/chrome");
    expect(await findChromium()).toBe("/opt/mine/chrome");
  });

  test("is found on the path, chromium before google-chrome whatever the order of folders", async () => {
    const chrome = executable("google-chrome");
    vi.stubEnv("PATH", `${join(chrome, "..")}:${folder}`);
    expect(await findChromium()).toBe(chrome);
    const chromium = executable("chromium");
    vi.stubEnv("PATH", `${join(chrome, "..")}:${join(chromium, "..")}`);
    expect(await findChromium()).toBe(chromium);
  });

  test("a file that cannot be run is none", async () => {
    const chrome = executable("google-chrome");
    const broken = executable("chromium");
    chmodSync(broken, 0o644);
    vi.stubEnv("PATH", `${join(broken, "..")}:${join(chrome, "..")}`);
    expect(await findChromium()).toBe(chrome);
  });

  test("lends Dawn its driver and its Vulkan loader, and leaves a driver that was named alone", () => {
    vi.stubEnv("VK_DRIVER_FILES", undefined);
    vi.stubEnv("LD_LIBRARY_PATH", "/lib/mine");
    const chrome = executable("google-chrome");
    const icd = join(chrome, "..", "vk_swiftshader_icd.json");
    writeFileSync(icd, "{}");
    expect(softwareVulkan(chrome)).toEqual({
      VK_DRIVER_FILES: icd,
      LD_LIBRARY_PATH: `/lib/mine:${join(chrome, "..")}`,
    });
    vi.stubEnv("VK_DRIVER_FILES", "/usr/share/nvidia_icd.json");
    expect(softwareVulkan(chrome)).toMatchObject({ VK_DRIVER_FILES: "/usr/share/nvidia_icd.json" });
  });
});
