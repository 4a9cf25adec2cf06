"""From a spreadsheet to people in a program: named columns, a preview, and then the import."""
