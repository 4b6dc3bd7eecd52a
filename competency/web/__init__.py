"""The shell of the pages: transaction boundary, navigation, filters; knows no feature's rules."""
