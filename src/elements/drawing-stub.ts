export interface Drawing {
  draw(context: CanvasRenderingContext2D, view: unknown): void;
}
export async function loadDrawing(_id: string): Promise<Drawing | null> {
  return null;
}
