"""Made-up programs to look at: nobody in them is real, and every address ends in example.org."""
