"""The generated part of docs/: pages made from the declarations (`pages`) and the drawing of time (`drawing`)."""
