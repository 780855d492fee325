"""The generated part of docs/: pages made from the declarations, and the drawing of time."""
